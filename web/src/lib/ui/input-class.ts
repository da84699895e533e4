/** The look that all text inputs share. */
export const inputClass =
  'border-strong-line/70 bg-panel placeholder:text-muted aria-invalid:border-danger disabled:bg-raised disabled:text-muted [&[readonly]]:bg-raised w-full min-w-0 rounded border px-2';
