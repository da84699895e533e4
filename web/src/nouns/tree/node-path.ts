/** The full name of a node's parent; empty for a root. */
export function parentPath(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('.')));
}

/** The full name of a child. */
export function childPath(parent: string, name: string): string {
  return parent === '' ? name : `${parent}.${name}`;
}

/** Full names from the root down to the node itself. */
export function pathsTo(path: string): string[] {
  if (path === '') return [];
  const names = path.split('.');
  return names.map((_, index) => names.slice(0, index + 1).join('.'));
}

/** Whether a node is another one, or below it. */
export function isSameOrBelow(path: string, top: string): boolean {
  return path === top || path.startsWith(`${top}.`);
}
