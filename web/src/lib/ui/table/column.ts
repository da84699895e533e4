/** A column of DataTable and VirtualTable. */
export interface Column {
  readonly key: string;
  readonly label: string;
  /** Numbers stand on the right. */
  readonly align?: 'left' | 'right' | 'center' | undefined;
  /** A CSS length, or a track of a grid. */
  readonly width?: string | undefined;
  readonly class?: string | undefined;
  /** The label is for readers only (a column of buttons). */
  readonly hideLabel?: boolean | undefined;
}

/** Classes of the cells of a column. */
export function cellClass(column: Column): string {
  const align = { left: 'text-start', right: 'text-end', center: 'text-center' }[column.align ?? 'left'];
  return `${align} ${column.class ?? ''}`;
}
