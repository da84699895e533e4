/**
 * The one way to write an IP address: IPv4 as four decimal numbers, IPv6 as RFC 5952 has it (small letters, the longest run
 * of zeros as `::`), with its zone where it names one. Undefined for what is no address.
 */
export function canonicalAddress(text: string): string | undefined {
  if (isIpv4(text)) return text;
  const [address = '', zone, ...more] = text.split('%');
  if (more.length > 0 || (zone !== undefined && !/^[\w.-]{1,64}$/.test(zone))) return undefined;
  const groups = groupsOf(address);
  if (groups === undefined) return undefined;
  return zone === undefined ? written(groups) : `${written(groups)}%${zone}`;
}

/**
 * Whether people and programs take a word for an address: it is one, or numbers joined by dots (`10.1`, `0x7f.1`, `10.0.0.300`),
 * which some programs complete to one.
 */
export function readsAsAddress(word: string): boolean {
  return canonicalAddress(word) !== undefined || /^(0x[0-9a-f]+|\d+)(\.(0x[0-9a-f]+|\d+)){1,3}$/i.test(word);
}

function isIpv4(text: string): boolean {
  const numbers = text.split('.');
  return numbers.length === 4 && numbers.every((number) => /^(0|[1-9]\d{0,2})$/.test(number) && Number(number) <= 255);
}

/** The eight numbers of an IPv6 address. */
function groupsOf(text: string): number[] | undefined {
  const last = text.slice(text.lastIndexOf(':') + 1);
  if (last.includes('.')) {
    if (!isIpv4(last)) return undefined;
    const [a = 0, b = 0, c = 0, d = 0] = last.split('.').map(Number);
    const pair = [a * 256 + b, c * 256 + d].map((group) => group.toString(16)).join(':');
    return groupsOf(text.slice(0, text.length - last.length) + pair);
  }
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const [before = [], after = []] = halves.map((half) => (half === '' ? [] : half.split(':')));
  const given = [...before, ...after];
  if (!given.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return undefined;
  const missing = 8 - given.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
  return [...before, ...Array<string>(missing).fill('0'), ...after].map((group) => Number.parseInt(group, 16));
}

function written(groups: readonly number[]): string {
  // An IPv4 address that an IPv6 socket saw is that IPv4 address.
  const [g5 = 0, g6 = 0, g7 = 0] = groups.slice(5);
  if (groups.slice(0, 5).every((group) => group === 0) && g5 === 0xffff) {
    return [g6 >> 8, g6 & 255, g7 >> 8, g7 & 255].join('.');
  }
  const words = groups.map((group) => group.toString(16));
  let [start, length] = [0, 0];
  for (let from = 0; from < 8; from += 1) {
    let to = from;
    while (to < 8 && groups[to] === 0) to += 1;
    if (to - from > length) [start, length] = [from, to - from];
  }
  if (length < 2) return words.join(':');
  return `${words.slice(0, start).join(':')}::${words.slice(start + length).join(':')}`;
}
