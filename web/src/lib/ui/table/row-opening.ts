import { goto } from '$app/navigation';
import { hasOwnKeys } from './row-keys.ts';

interface Opening<Row> {
  readonly onrow: ((row: Row) => void) | undefined;
  readonly href: ((row: Row) => string) | undefined;
}

/** Opens a row: by its handler, else at its address. */
export function openRow<Row>(row: Row, { onrow, href }: Opening<Row>): void {
  if (onrow !== undefined) onrow(row);
  else if (href !== undefined) void goto(href(row));
}

/** Opens a row that was clicked, in a new tab as the person's keys say; not where they marked text or hit a button. */
export function clickRow<Row>(event: MouseEvent, row: Row, opening: Opening<Row>): void {
  if (hasOwnKeys(event.target, event.currentTarget) || event.defaultPrevented) return;
  if (getSelection()?.type === 'Range') return;
  const { href } = opening;
  if (href !== undefined && (event.ctrlKey || event.metaKey || event.button === 1)) {
    window.open(href(row), '_blank', 'noopener');
  } else if (event.button === 0) openRow(row, opening);
}
