import { describe, expect, it } from 'vitest';
import { shortenList } from './shorten-list.ts';

const hosts = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => `host-${from + index}`).join('\n');
const list = (before: string, after: string) => ({ title: 'Hosts', language: 'text', before, after, isList: true });

describe('a long list in a difference', () => {
  it('is left as it is up to 1,000 lines', () => {
    const section = list('', hosts(0, 1_000));
    expect(shortenList(section)).toEqual({ section, leftOut: null });
  });

  it('shows what changed, wherever it is', () => {
    const { section, leftOut } = shortenList(list(hosts(0, 20_000), `${hosts(1, 19_999)}\nnew-host`));
    expect(section).toMatchObject({ before: 'host-0\nhost-19999', after: 'new-host' });
    expect(leftOut).toEqual({ unchanged: 19_998, removed: 0, added: 0, reordered: false });
  });

  it('says how many more went and came', () => {
    const { section, leftOut } = shortenList(list(hosts(0, 3_000), hosts(5_000, 55_000)));
    expect(section.before.split('\n')).toHaveLength(1_000);
    expect(section.after.split('\n')).toHaveLength(1_000);
    expect(leftOut).toEqual({ unchanged: 0, removed: 2_000, added: 49_000, reordered: false });
  });

  it('says that what stays comes in another order', () => {
    const backwards = hosts(1, 1_100).split('\n').reverse().join('\n');
    const { section, leftOut } = shortenList(list(hosts(0, 1_100), backwards));
    expect(section).toMatchObject({ before: 'host-0', after: '' });
    expect(leftOut).toEqual({ unchanged: 1_099, removed: 0, added: 0, reordered: true });
  });

  it('counts a line as often as it is there', () => {
    const { section } = shortenList(list(hosts(0, 1_001), `${hosts(0, 1_001)}\nhost-7`));
    expect(section).toMatchObject({ before: '', after: 'host-7' });
  });
});
