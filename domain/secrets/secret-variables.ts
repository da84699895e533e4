/** A variable of an environment that gets the value of a secret. */
type SecretVariable<Reference> = readonly [name: string, reference: Reference];

/** The variables among those of an environment whose values are secrets. */
export function secretsIn<Reference extends object>(
  env: Readonly<Record<string, string | Reference>>,
): SecretVariable<Reference>[] {
  return Object.entries(env).flatMap(([name, value]) => (typeof value === 'string' ? [] : [[name, value] as const]));
}

/** `db-password@3`: one version of a secret in a word, as the command line takes it. */
export const secretWord = ({ secret, version }: { readonly secret: string; readonly version: number }): string =>
  `${secret}@${version}`;
