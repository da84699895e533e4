import { destination, pino, type Logger as PinoLogger } from 'pino';

/** Structured log (JSON lines on stderr). Children carry ids: `logger.child({ taskId })`. */
export type Logger = PinoLogger;

/** The process's logger. Secrets under their usual names never reach a line. */
export function createLogger(options: { role: string; level?: string }): Logger {
  return pino(
    {
      level: options.level ?? 'info',
      base: { role: options.role, pid: process.pid },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: {
        paths: [
          'password',
          'token',
          'secret',
          'authorization',
          '*.password',
          '*.token',
          '*.secret',
          '*.authorization',
          'headers.cookie',
        ],
        censor: '[redacted]',
      },
    },
    // Synchronous: the last line before a crash is the one that is needed.
    destination({ dest: 2, sync: true }),
  );
}

/** A logger that says nothing, for tests. */
export const silentLogger: Logger = pino({ level: 'silent' });
