/** The ILIKE pattern for "contains this text", whatever is in it. */
export function containing(text: string): string {
  return `%${text.replaceAll(/[\\%_]/g, '\\$&')}%`;
}
