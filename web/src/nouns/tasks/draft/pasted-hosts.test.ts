import { describe, expect, it } from 'vitest';
import { parsePastedHosts } from './pasted-hosts.ts';

describe('pasted hosts', () => {
  it('takes lines, commas, semicolons, spaces and tabs, of both widths', () => {
    expect(parsePastedHosts('web-1, web-2;web-3\r\n10.0.0.4\t10.0.0.5，db-1、db-2\n\n').hosts).toEqual([
      ...['web-1', 'web-2', 'web-3', '10.0.0.4', '10.0.0.5', 'db-1', 'db-2'],
    ]);
  });

  it('keeps the order of first mention and names each duplicate once', () => {
    expect(parsePastedHosts('b\na\nB\nb\nc\na')).toEqual({ hosts: ['b', 'a', 'c'], duplicates: ['b', 'a'], odd: [] });
  });

  it('leaves comments out', () => {
    expect(parsePastedHosts('# the web tier\nweb-1 # the first\n#web-2')).toEqual({
      hosts: ['web-1'],
      duplicates: [],
      odd: [],
    });
  });

  it('finds nothing in nothing', () => {
    expect(parsePastedHosts(' \n ,,, \n')).toEqual({ hosts: [], duplicates: [], odd: [] });
  });

  it('names what other programs write besides: a host behind a comment sign is not meant', () => {
    const pasted = '[web]\nh1 port=22 port=22\n; h4\n  ；h5\nh2; h3';
    expect(parsePastedHosts(pasted)).toEqual({
      hosts: ['h1', 'h2', 'h3'],
      duplicates: [],
      odd: ['[web]', 'port=22', '; h4', '；h5'],
    });
  });
});
