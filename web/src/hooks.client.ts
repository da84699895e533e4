/** What the error page says of an error that nobody expected: these are our own programs, read by their operators. */
export function handleError({ error }: { error: unknown }): { message: string } {
  return { message: error instanceof Error ? error.message : String(error) };
}
