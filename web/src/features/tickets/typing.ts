import { isTyping } from '#web/lib/is-typing.ts';

/**
 * Whether a key belongs to something else than a single-letter shortcut: text is being written, a dialog or menu is open,
 * a modifier is held, or another shortcut has taken it. A key that is held down repeats only where `repeat` allows it.
 */
export function isTaken(event: KeyboardEvent, allow: { readonly repeat?: boolean } = {}): boolean {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return true;
  if ((event.repeat && allow.repeat !== true) || isTyping(event.target)) return true;
  return document.querySelector(':is([role=dialog], [role=alertdialog], [role=menu])[data-state=open]') !== null;
}
