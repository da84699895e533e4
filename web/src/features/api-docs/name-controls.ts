/** Gives the fields of parameters, which Swagger UI leaves without a name for readers, that of their parameter. */
function nameControls(place: ParentNode): void {
  for (const field of place.querySelectorAll('[data-param-name] :is(select, input, textarea):not([aria-label])')) {
    const name = field.closest('[data-param-name]')?.getAttribute('data-param-name') ?? '';
    if (name !== '') field.setAttribute('aria-label', name);
  }
  for (const field of place.querySelectorAll('.body-param textarea:not([aria-label])')) {
    field.setAttribute('aria-label', 'body');
  }
}

/** Keeps fields named while Swagger UI draws; the answer ends it. */
export function keepControlsNamed(place: HTMLElement): () => void {
  const observer = new MutationObserver(() => nameControls(place));
  observer.observe(place, { childList: true, subtree: true });
  nameControls(place);
  return () => observer.disconnect();
}
