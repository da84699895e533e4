/**
 * A text for a live region that changes often: it follows `text`, but changes at most once in `everyMs`, so that a screen
 * reader can finish the sentence. Call it while a component is set up.
 */
export function createAnnouncer(text: () => string, everyMs = 5_000) {
  let said = $state('');
  let saidAt = -everyMs;

  $effect(() => {
    const next = text();
    if (next === said) return;
    const timer = setTimeout(
      () => {
        said = next;
        saidAt = performance.now();
      },
      Math.max(0, saidAt + everyMs - performance.now()),
    );
    return () => clearTimeout(timer);
  });

  return {
    get said() {
      return said;
    },
  };
}
