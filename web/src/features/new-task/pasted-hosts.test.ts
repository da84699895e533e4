import { describe, expect, it } from 'vitest';
import { parsePastedHosts } from './pasted-hosts.ts';

describe('pasted hosts', () => {
  it('takes lines, commas, semicolons, spaces and tabs, of both widths', () => {
    expect(parsePastedHosts('web-1, web-2;web-3\r\n10.0.0.4\t10.0.0.5，db-1、db-2\n\n').hosts).toEqual([
      ...['web-1', 'web-2', 'web-3', '10.0.0.4', '10.0.0.5', 'db-1', 'db-2'],
    ]);
  });

  it('keeps the order of first mention and names each duplicate once', () => {
    expect(parsePastedHosts('b\na\nB\nb\nc\na')).toEqual({ hosts: ['b', 'a', 'c'], duplicates: ['b', 'a'] });
  });

  it('leaves comments out', () => {
    expect(parsePastedHosts('# the web tier\nweb-1 # the first\n#web-2')).toEqual({ hosts: ['web-1'], duplicates: [] });
  });

  it('finds nothing in nothing', () => {
    expect(parsePastedHosts(' \n ,,, \n')).toEqual({ hosts: [], duplicates: [] });
  });
});
