/** Attached to a form that has just appeared: the keyboard goes to its first field. */
export function focusFirstField(form: HTMLElement): void {
  const field = form.querySelector<HTMLElement>(
    'input:not([disabled]), textarea:not([disabled]), select:not([disabled])',
  );
  field?.focus();
  if (field instanceof HTMLInputElement && field.type === 'text') field.select();
}
