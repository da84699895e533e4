import type { Monaco } from './load-monaco.ts';

/** A colour of the page as it is now, as Monaco wants it: `#rrggbb`, however the style sheet writes it. */
function colour(name: string): string {
  const written = getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const canvas = document.createElement('canvas').getContext('2d');
  if (canvas === null) return written;
  canvas.fillStyle = written;
  return canvas.fillStyle;
}

/** Dresses all editors as the page is dressed: `signalbox-light` or `signalbox-dark`, from the page's own colours. */
export function applyEditorTheme({ editor }: Monaco, dark: boolean): void {
  const name = dark ? 'signalbox-dark' : 'signalbox-light';
  // Faint enough that every colour of the text keeps 4.5:1 on a changed word of a changed line.
  const [line, word] = dark ? ['1a', '24'] : ['14', '1f'];
  const plain = (token: string, from: string) => ({ token, foreground: colour(from).slice(1) });
  editor.defineTheme(name, {
    base: dark ? 'vs-dark' : 'vs',
    inherit: true,
    rules: [
      plain('', '--ink'),
      plain('comment', '--muted'),
      plain('keyword', '--info'),
      plain('string', '--ok'),
      plain('number', '--warn'),
      plain('type', '--accent'),
      plain('variable', '--accent'),
      plain('variable.predefined', '--accent'),
      plain('delimiter', '--ink'),
      plain('attribute.name', '--warn'),
      plain('metatag', '--muted'),
      plain('invalid', '--danger'),
      plain('string.invalid', '--danger'),
    ],
    colors: {
      'editor.background': colour('--panel'),
      'editor.foreground': colour('--ink'),
      'editorLineNumber.foreground': colour('--muted'),
      'editorLineNumber.activeForeground': colour('--ink'),
      'editorGutter.background': colour('--panel'),
      'editor.lineHighlightBackground': colour('--raised'),
      'editor.lineHighlightBorder': '#00000000',
      'editorCursor.foreground': colour('--accent'),
      'editorWidget.background': colour('--panel'),
      'editorWidget.foreground': colour('--ink'),
      'editorWidget.border': colour('--strong-line'),
      'editorIndentGuide.background1': colour('--line'),
      'diffEditor.insertedLineBackground': colour('--ok') + line,
      'diffEditor.insertedTextBackground': colour('--ok') + word,
      'diffEditor.removedLineBackground': colour('--danger') + line,
      'diffEditor.removedTextBackground': colour('--danger') + word,
      'diffEditor.unchangedRegionBackground': colour('--raised'),
      'diffEditor.unchangedRegionForeground': colour('--ink'),
      focusBorder: colour('--accent'),
      'input.background': colour('--canvas'),
      'input.foreground': colour('--ink'),
      'input.border': colour('--strong-line'),
    },
  });
  editor.setTheme(name);
}

/** Options that all editors share. */
export const sharedEditorOptions = {
  automaticLayout: true,
  fontFamily: "ui-monospace, 'SF Mono', 'Cascadia Code', Menlo, Consolas, 'DejaVu Sans Mono', monospace",
  fontSize: 12,
  lineHeight: 18,
  minimap: { enabled: false },
  overviewRulerLanes: 0,
  renderFinalNewline: 'on',
  scrollBeyondLastLine: false,
  smoothScrolling: false,
  stickyScroll: { enabled: false },
  padding: { top: 6, bottom: 6 },
} as const;
