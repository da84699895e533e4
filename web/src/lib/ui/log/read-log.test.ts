import { describe, expect, it } from 'vitest';
import { findLines, readLog } from './read-log.ts';

const esc = '\u001B';
const htmlOf = (text: string) => {
  const log = readLog(text);
  return Array.from({ length: log.count }, (_, line) => log.html(line)).join('\n');
};
const tags = (html: string) => [...html.matchAll(/<[^>]*>?/g)].map(([tag]) => tag);
const onlySpans = (html: string) => tags(html).every((tag) => /^<(?:span(?: class="[a-z -]+")?|\/span)>$/.test(tag));

describe('what a hostile script may write', () => {
  const attacks = {
    'an image with a handler': '<img src=x onerror="alert(1)">',
    'a script': '<script>alert(1)</script>',
    'a script between colours': `${esc}[31m<script>${esc}[0malert(1)${esc}[32m</script>`,
    'an attribute from a colour': `${esc}[38;2;1;2;3m" onmouseover="alert(1)`,
    'a colour that is none': `${esc}[38;2;999;"><img src=x onerror=alert(1)>;1m`,
    'a link of the terminal': `${esc}]8;;javascript:alert(1)${esc}\\press me${esc}]8;;${esc}\\`,
    'a link to the web': `${esc}]8;;https://example.net/${esc}\\press me${esc}]8;;${esc}\\`,
    'a link ended by a bell': `${esc}]8;;javascript:alert(1)\u0007press me${esc}]8;;\u0007`,
    'a link without an end': `${esc}]8;;javascript:alert(1) press me`,
    'a link across lines': `${esc}]8;;javascript:\nalert(1)${esc}\\press me${esc}]8;;${esc}\\`,
    'a link inside a sequence': `${esc}[${esc}]8;;javascript:alert(1)${esc}\\press me${esc}]8;;${esc}\\`,
    'a title with markup': `${esc}]0;<img src=x onerror=alert(1)>\u0007after`,
    'a device string': `${esc}P<svg onload=alert(1)>${esc}\\after`,
    'a sequence cut short': `before${esc}[`,
    'a lone escape': `${esc}<b onclick=alert(1)>`,
    'an entity': '&lt;script&gt;',
  };

  it.each(Object.entries(attacks))('%s gives only text and spans with classes', (_name, attack) => {
    const html = htmlOf(attack);
    expect(onlySpans(html), html).toBe(true);
    expect(html).not.toContain(esc);
    expect(html.replaceAll(/<[^>]*>/g, '')).not.toMatch(/[<>"']/);
  });

  it('keeps the words of a link and drops where it leads', () => {
    const log = readLog(attacks['a link of the terminal']);
    expect(log.text(0)).toBe('press me');
    expect(log.html(0)).toBe('press me');
  });

  it('shows an entity as it was written', () => {
    expect(htmlOf('&lt;')).toBe('&#38;lt;');
  });

  it('shows NUL, bells and what turns the direction of text', () => {
    expect(readLog('a\u0000b\u0007c\u007Fd').text(0)).toBe('a␀b␇c␡d');
    expect(readLog('file\u202Egnp.exe').text(0)).toBe('file⟦U+202E⟧gnp.exe');
    expect(readLog('\u2066x\u2069\u200F\u009B31m').text(0)).toBe('⟦U+2066⟧x⟦U+2069⟧⟦U+200F⟧⟦U+009B⟧31m');
  });

  it('holds for random bytes between sequences', () => {
    const pieces = [
      esc,
      '[',
      ']',
      '8;;',
      '31m',
      '0m',
      '38;2;1;2;3m',
      '<',
      '>',
      '"',
      "'",
      '&',
      '\u0007',
      '\\',
      'x',
      '\r',
      'P',
    ];
    let seed = 42;
    const next = () => (seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31);
    for (let round = 0; round < 2_000; round += 1) {
      const text = Array.from({ length: 24 }, () => pieces[next() % pieces.length] ?? '').join('');
      const html = htmlOf(text);
      expect(onlySpans(html), JSON.stringify(text)).toBe(true);
      expect(html).not.toContain(esc);
    }
  });
});

describe('colours', () => {
  it('become classes, weights too', () => {
    expect(htmlOf(`${esc}[1;31mERROR${esc}[0m x`)).toBe('<span class="sgr-bold ansi-red-fg">ERROR</span> x');
    expect(htmlOf(`${esc}[4;44munder${esc}[0m`)).toBe('<span class="sgr-underline ansi-blue-bg">under</span>');
  });

  it('of one line do not reach the next one that is drawn', () => {
    expect(readLog(`${esc}[31mred${esc}[`).html(0)).toBe('<span class="ansi-red-fg">red</span>');
    expect(readLog(`plain ${esc}[1mbold`).html(0)).toBe('plain <span class="sgr-bold">bold</span>');
  });

  it('of a larger palette become the nearest of the sixteen', () => {
    expect(htmlOf(`${esc}[38;5;196mred`)).toBe('<span class="ansi-red-fg">red</span>');
    expect(htmlOf(`${esc}[38;2;250;90;90mred`)).toBe('<span class="ansi-bright-red-fg">red</span>');
  });

  it('go on over lines until they are reset', () => {
    const log = readLog(`${esc}[33mone\ntwo\nthree${esc}[0m\nfour`);
    expect([0, 1, 2, 3].map((line) => log.html(line))).toEqual([
      '<span class="ansi-yellow-fg">one</span>',
      '<span class="ansi-yellow-fg">two</span>',
      '<span class="ansi-yellow-fg">three</span>',
      'four',
    ]);
  });
});

describe('lines', () => {
  it('that were written over show what was written last', () => {
    expect(readLog(`10%\r50%\r${esc}[32mdone${esc}[0m\r\n`).text(0)).toBe('done');
  });

  it('are as many as were written', () => {
    expect(readLog('').count).toBe(0);
    expect(readLog('a').count).toBe(1);
    expect(readLog('a\n').count).toBe(1);
    expect(readLog('a\n\n').count).toBe(2);
  });

  it('of 100,000 are read and searched in a moment', () => {
    const text = Array.from({ length: 100_000 }, (_, line) => `${esc}[32mINFO${esc}[0m line ${line}`).join('\n');
    const start = performance.now();
    const log = readLog(text);
    const found = findLines(log, 'LINE 99999');
    const took = performance.now() - start;
    expect(log.count).toBe(100_000);
    expect(found).toEqual([99_999]);
    expect(took).toBeLessThan(6_000);
  });

  it('of great length are cut when they are shown', () => {
    expect(readLog('x'.repeat(1_000_000)).html(0).length).toBeLessThan(21_000);
  });
});
