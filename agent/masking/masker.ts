/** A stretch of a stream: so many bytes of it, as they are or (`clear` undefined) masked. */
export interface Stretch {
  readonly bytes: number;
  readonly clear: Buffer | undefined;
}

/** Tells apart, in a stream that comes in pieces, what is masked and what is not. */
export interface MaskedStream {
  /** What is certain by now. Held back is only what may become one of the needles, at most the longest without a byte. */
  push(piece: Uint8Array): Stretch[];
  /** The rest. `cutOff`: the stream goes on where nobody sees it, so that what may have become a needle is masked. */
  end(cutOff?: boolean): Stretch[];
}

export interface Masker {
  /** Bytes of the longest needle; 0: there is none. */
  readonly longest: number;
  stream(): MaskedStream;
  /** A text in which every needle is masked. */
  mask(text: string): string;
}

/** What stands for everything that is masked side by side: no longer than the shortest needle, so that nothing grows. */
export const maskMark = '***';

/**
 * Masks every byte that is part of a needle, also where needles overlap; so what is masked does not depend on how the
 * stream was cut into pieces. There is no flush by a clock: it would let through what is printed in two goes, and what is
 * no beginning of a needle is not held back anyway.
 */
export function createMasker(needles: readonly Uint8Array[]): Masker {
  const usable = needles.filter((needle) => needle.length >= 2).map((needle) => Buffer.from(needle));
  const byPair = Map.groupBy(usable, (needle) => pairOf(needle, 0));
  const isPair = new Uint8Array(usable.length === 0 ? 0 : 1 << 16);
  const isFirst = new Uint8Array(1 << 8);
  for (const needle of usable) {
    isPair[pairOf(needle, 0)] = 1;
    isFirst[needle[0] ?? 0] = 1;
  }
  const longest = usable.reduce((most, needle) => Math.max(most, needle.length), 0);

  /** Bytes of the longest needle that stands at this place, and whether a longer one may once more bytes have come. */
  function lookAt(bytes: Buffer, at: number): { found: number; open: boolean } {
    const left = bytes.length - at;
    if (left === 1) return { found: 0, open: isFirst[bytes[at] ?? 0] === 1 };
    let [found, open] = [0, false];
    const pair = pairOf(bytes, at);
    for (const needle of isPair[pair] === 1 ? (byPair.get(pair) ?? []) : []) {
      const length = Math.min(needle.length, left);
      if (needle.compare(bytes, at, at + length, 0, length) !== 0) continue;
      if (length < needle.length) open = true;
      else found = Math.max(found, length);
    }
    return { found, open };
  }

  function stream(): MaskedStream {
    let bytes = Buffer.alloc(0);
    /** Masked from the beginning of `bytes` to here: a needle that began before. */
    let masked = 0;

    function take(atEnd: 'open' | 'end' | 'cut-off'): Stretch[] {
      const covered: { from: number; to: number }[] = masked > 0 ? [{ from: 0, to: masked }] : [];
      let at = 0;
      for (; at < bytes.length; at += 1) {
        const { found, open } = lookAt(bytes, at);
        if (open && atEnd === 'open') break;
        const to = open && atEnd === 'cut-off' ? bytes.length : at + found;
        if (to === at) continue;
        const last = covered.at(-1);
        if (last !== undefined && at <= last.to) last.to = Math.max(last.to, to);
        else covered.push({ from: at, to });
      }
      const stretches = stretchesOf(bytes, covered, at);
      masked = Math.max(0, (covered.at(-1)?.to ?? 0) - at);
      bytes = Buffer.from(bytes.subarray(at));
      return stretches;
    }

    return {
      push(piece) {
        bytes = Buffer.concat([bytes, piece]);
        return take('open');
      },
      end: (cutOff = false) => take(cutOff ? 'cut-off' : 'end'),
    };
  }

  return {
    longest,
    stream,
    mask(text) {
      if (longest === 0) return text;
      const one = stream();
      return rendered([...one.push(Buffer.from(text, 'utf8')), ...one.end()]).toString('utf8');
    },
  };
}

const pairOf = (bytes: Uint8Array, at: number): number => ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);

/** The first `end` bytes as stretches; the last that is covered may reach beyond. */
function stretchesOf(
  bytes: Buffer,
  covered: readonly { readonly from: number; readonly to: number }[],
  end: number,
): Stretch[] {
  const stretches: Stretch[] = [];
  let done = 0;
  const clearUntil = (to: number) => {
    if (to > done) stretches.push({ bytes: to - done, clear: Buffer.from(bytes.subarray(done, to)) });
  };
  for (const { from, to } of covered) {
    clearUntil(from);
    done = Math.min(to, end);
    if (done > from) stretches.push({ bytes: done - from, clear: undefined });
  }
  clearUntil(end);
  return stretches;
}

/** Stretches as bytes: what is masked side by side gets one mark. */
export function rendered(stretches: readonly Stretch[]): Buffer {
  const mark = Buffer.from(maskMark);
  return Buffer.concat(
    stretches.flatMap(({ clear: text }, index) => {
      if (text !== undefined) return [text];
      return index > 0 && stretches[index - 1]?.clear === undefined ? [] : [mark];
    }),
  );
}
