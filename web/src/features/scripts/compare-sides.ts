/** Stands for the text in the editor, beside the numbers of versions. */
export const editsSide = 'edits';

interface Sides {
  readonly from: string;
  readonly to: string;
}

/**
 * The two sides to compare: those that the address asks for as far as there are such, else the edits with what they
 * were made on, else the latest version with the one before.
 */
export function chosenSides(
  asked: Sides,
  script: { readonly latest: number; readonly base: number; readonly hasEdits: boolean },
): Sides {
  const { latest, base, hasEdits } = script;
  const known = (side: string) =>
    side === editsSide ? hasEdits : /^[1-9]\d{0,8}$/.test(side) && Number(side) <= latest;
  const to = known(asked.to) ? asked.to : hasEdits ? editsSide : String(latest);
  if (known(asked.from)) return { from: asked.from, to };
  return { from: String(to === editsSide ? base : Math.max(1, Number(to) - 1)), to };
}
