/** One JSON line per event on stderr; small on purpose (pino costs memory that an idle agent should not hold). */
export interface Log {
  info(message: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void;
  error(message: string, fields?: Readonly<Record<string, unknown>>): void;
}

/** `fixed` is in every line: at least host name and address (requirement J19). Errors among the fields become text. */
export function createLog(fixed: Readonly<Record<string, unknown>>, write: (line: string) => void): Log {
  const line = (level: string, message: string, fields: Readonly<Record<string, unknown>> = {}) => {
    const readable = Object.fromEntries(
      Object.entries(fields).map(([name, value]) => [name, value instanceof Error ? value.message : value]),
    );
    write(`${JSON.stringify({ time: new Date().toISOString(), level, ...fixed, message, ...readable })}\n`);
  };
  return {
    info: (message, fields) => line('info', message, fields),
    warn: (message, fields) => line('warn', message, fields),
    error: (message, fields) => line('error', message, fields),
  };
}
