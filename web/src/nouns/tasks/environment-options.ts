import type { TaskInput } from './client.ts';

type Environment = NonNullable<TaskInput['env']>;

/** An environment as the command line takes it. A secret goes by its name and version, so that it is the same one. */
export function environmentOptions(env: Environment): [option: string, value: string][] {
  return Object.entries(env).map(([name, value]) =>
    typeof value === 'string' ? ['--env', `${name}=${value}`] : ['--env-secret', `${name}=${valueWord(value)}`],
  );
}

/** The value of a variable as people read it: a text as it is, a secret as `db-password@3`. */
export function valueWord(value: Environment[string]): string {
  if (typeof value === 'string') return value;
  const { secret, version = 'latest' } = value;
  return version === 'latest' ? secret : `${secret}@${version}`;
}
