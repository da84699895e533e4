import { AnsiUp } from 'ansi_up';

const names = ['black', 'red', 'green', 'yellow', 'blue', 'magenta', 'cyan', 'white'] as const;
const palette: readonly (readonly [string, number, number, number])[] = [
  ...names.map((name, index) => [`ansi-${name}`, ...rgb(index, 187)] as const),
  ...names.map((name, index) => [`ansi-bright-${name}`, ...rgb(index, 255, 85)] as const),
];

function rgb(index: number, full: number, none = 0): readonly [number, number, number] {
  return [index & 1 ? full : none, index & 2 ? full : none, index & 4 ? full : none];
}

/** The nearest of the sixteen colours, whose contrast the theme looks after. */
function nearestColour(red: number, green: number, blue: number): string {
  let best = 'ansi-white';
  let distance = Infinity;
  for (const [name, r, g, b] of palette) {
    const d = (r - red) ** 2 + (g - green) ** 2 + (b - blue) ** 2;
    if (d < distance) [best, distance] = [name, d];
  }
  return best;
}

/** A declaration that ansi_up wrote, as a class: of its own words for weights, or of the nearest colour. */
function classOf(declaration: string): string {
  const colour = /^(background-)?color:rgb\((\d+),(\d+),(\d+)\)$/.exec(declaration);
  if (colour === null) return /^sgr-[a-z]+$/.test(declaration) ? declaration : '';
  return `${nearestColour(Number(colour[2]), Number(colour[3]), Number(colour[4]))}-${colour[1] === undefined ? 'fg' : 'bg'}`;
}

const reset = '\u001B[0m';
/** One for all lines, as its palettes are dear to make: each line begins with a reset, and is complete in itself. */
const renderer = new AnsiUp();
renderer.use_classes = true;
renderer.escape_html = true;
renderer.url_allowlist = {};
renderer.boldStyle = 'sgr-bold';
renderer.faintStyle = 'sgr-faint';
renderer.italicStyle = 'sgr-italic';
renderer.underlineStyle = 'sgr-underline';

const openingTag = /<span(?: style="([^"]*)")?(?: class="([^"]*)")?>/g;
const onlySpans = /^(?:[^<>]|<span(?: class="[a-z -]+")?>|<\/span>)*$/;

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

/**
 * A clean line (see `cleanLine`) as HTML: text, `<span>` and `class`, nothing else. Should the renderer ever give
 * anything more, the line is shown as plain text.
 */
export function ansiHtml(clean: string): string {
  if (!clean.includes('\u001B')) return escapeHtml(clean);
  const html = renderer.ansi_to_html(reset + clean).replace(openingTag, (_tag, style = '', classes = '') => {
    const all = [...String(style).split(';').map(classOf), String(classes)].filter((name) => name !== '');
    return all.length === 0 ? '<span>' : `<span class="${all.join(' ')}">`;
  });
  return onlySpans.test(html) ? html : escapeHtml(clean);
}
