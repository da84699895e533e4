import type { Component } from 'svelte';

/** An entry of Menu and ContextMenu. With `reason` a disabled one says why. */
export interface MenuItem {
  readonly label: string;
  readonly icon?: Component<{ size?: number | string; class?: string }> | undefined;
  readonly onselect?: (() => void) | undefined;
  readonly href?: string | undefined;
  readonly disabled?: boolean | undefined;
  readonly reason?: string | null | undefined;
  readonly danger?: boolean | undefined;
  readonly shortcut?: string | undefined;
  /** A line above this entry. */
  readonly separator?: boolean | undefined;
}

/** The look of the open list of Menu and ContextMenu. */
export const menuClass =
  'border-strong-line/60 bg-panel z-50 max-h-[var(--bits-dropdown-menu-content-available-height,80dvh)] min-w-44 max-w-80 overflow-y-auto rounded-md border p-1 shadow-xl outline-none';
