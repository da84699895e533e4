/** The words of all reasons of a room; `{name}` stands for a parameter. */
export type ReasonWords<Names extends { readonly reasons: object }> = Readonly<Record<keyof Names['reasons'], string>>;
