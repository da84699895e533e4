import type { Attachment } from 'svelte/attachments';

/** One line of a card: a name, a value, and what its copy button copies. */
export interface TooltipRow {
  readonly label: string;
  readonly value: string;
}

export type TooltipContent = string | readonly TooltipRow[];

interface Shown {
  readonly anchor: HTMLElement;
  readonly content: TooltipContent;
}

const openAfterMs = 350;
const closeAfterMs = 120;

let shown = $state.raw<Shown | undefined>();
let timer: ReturnType<typeof setTimeout> | undefined;

/** The id of the one layer that tooltips are shown in. */
export const tooltipId = 'signalbox-tooltip';

/** What the layer shows, and what keeps it open while the pointer is on it. */
export const tooltipLayer = {
  get shown() {
    return shown;
  },
  keep() {
    clearTimeout(timer);
  },
  leave() {
    clearTimeout(timer);
    timer = setTimeout(hide, closeAfterMs);
  },
};

function hide(): void {
  clearTimeout(timer);
  shown?.anchor.removeAttribute('aria-describedby');
  shown = undefined;
}

function show(anchor: HTMLElement, content: TooltipContent): void {
  if (shown?.anchor !== anchor) hide();
  if (!anchor.hasAttribute('aria-describedby')) anchor.setAttribute('aria-describedby', tooltipId);
  shown = { anchor, content };
}

/**
 * Shows `content()` beside the element while it is pointed at or has the keyboard's focus; nothing where it gives
 * undefined or ''. Escape closes it. There is one layer for all, in the root layout, so thousands of elements cost only their listeners.
 */
export function tooltip(content: () => TooltipContent | undefined): Attachment<HTMLElement> {
  return (element) => {
    const open = (afterMs: number) => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        const text = content();
        if (text !== undefined && text !== '' && element.isConnected) show(element, text);
      }, afterMs);
    };
    const enter = (event: PointerEvent) => {
      if (event.pointerType !== 'touch') open(shown === undefined ? openAfterMs : 60);
    };
    const focus = () => {
      if (element.matches(':focus-visible')) open(0);
    };
    const leave = () => {
      clearTimeout(timer);
      if (shown?.anchor === element) tooltipLayer.leave();
    };
    const key = (event: KeyboardEvent) => {
      if (event.key === 'Escape' && shown?.anchor === element) hide();
    };
    const press = () => {
      clearTimeout(timer);
      if (shown?.anchor === element && element.getAttribute('aria-disabled') !== 'true') hide();
    };
    element.addEventListener('pointerenter', enter);
    element.addEventListener('pointerleave', leave);
    element.addEventListener('pointerdown', press);
    element.addEventListener('focusin', focus);
    element.addEventListener('focusout', leave);
    element.addEventListener('keydown', key);
    return () => {
      element.removeEventListener('pointerenter', enter);
      element.removeEventListener('pointerleave', leave);
      element.removeEventListener('pointerdown', press);
      element.removeEventListener('focusin', focus);
      element.removeEventListener('focusout', leave);
      element.removeEventListener('keydown', key);
      if (shown?.anchor === element) hide();
    };
  };
}
