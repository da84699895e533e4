/** Shells read the carriage return of a Windows line break as a letter of the last word of the line. */
const shells = ['sh', 'bash', 'dash', 'zsh', 'ksh'];

/**
 * Whether Windows line breaks (CRLF) will break a script: it is run by a shell, or its first line names an interpreter and
 * has such a break, which a host that starts the file takes for a part of that name. It may run for all that; people are
 * warned, not refused.
 */
export function breaksByLineBreaks(script: string, interpreter: string | undefined): boolean {
  if (!script.includes('\r\n')) return false;
  if (interpreter !== undefined) return isShell(interpreter);
  const [first = ''] = script.split('\n', 1);
  if (!first.startsWith('#!')) return true;
  return first.endsWith('\r') || first.slice(2).split(/\s+/).some(isShell);
}

function isShell(program: string): boolean {
  return shells.includes(program.slice(program.lastIndexOf('/') + 1));
}
