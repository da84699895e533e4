import { createSubscriber } from 'svelte/reactivity';

const tickMs = 1_000;

let nowMs = Date.now();

const subscribe = createSubscriber((update) => {
  const tick = () => {
    nowMs = Date.now();
    if (!document.hidden) update();
  };
  tick();
  const timer = setInterval(tick, tickMs);
  document.addEventListener('visibilitychange', tick);
  return () => {
    clearInterval(timer);
    document.removeEventListener('visibilitychange', tick);
  };
});

/** The time now, in milliseconds; whoever reads it in a template or effect is told each second while the tab is seen. */
export function clock(): number {
  subscribe();
  return nowMs;
}
