/** Whether keys pressed here are written somewhere: they are no shortcuts then. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || target.closest('input, textarea, select, [role=textbox]') !== null;
}
