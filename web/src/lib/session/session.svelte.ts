import { whenUnauthenticated } from '#web/lib/api/http.ts';
import { sessionClient, type Whoami } from './session-client.ts';
import { asProblem, type ApiProblem } from '#web/lib/api/problem.ts';

type SessionState =
  | { readonly is: 'loading' }
  | { readonly is: 'anonymous' }
  /** Somebody was signed in on this page, whose session has ended: what they were writing is still there. */
  | { readonly is: 'expired'; readonly who: Whoami }
  | { readonly is: 'signed-in'; readonly who: Whoami }
  | { readonly is: 'unreachable'; readonly problem: ApiProblem };

let state = $state.raw<SessionState>({ is: 'loading' });

/** Who uses this page. */
export const session = {
  get state() {
    return state;
  },
  /** Undefined where nobody is signed in. */
  get who(): Whoami | undefined {
    return state.is === 'signed-in' || state.is === 'expired' ? state.who : undefined;
  },
  /** Whether an action is allowed on the whole tree or platform. */
  allows(action: string): boolean {
    return this.who?.actions.includes(action) ?? false;
  },
};

/** Asks the api who is signed in. */
export async function loadSession(): Promise<void> {
  try {
    const who = await sessionClient.whoami();
    state = { is: 'signed-in', who };
  } catch (error) {
    const problem = asProblem(error);
    // Whoever is signed in stays so while the api is away: the page and what is being written in it remain.
    const isKnown = state.is === 'signed-in' || state.is === 'expired';
    if (problem.code !== 'unauthenticated' && !isKnown) state = { is: 'unreachable', problem };
  }
}

/** Signs in; throws the `ApiProblem` of a refusal. */
export async function signIn(name: string, password: string): Promise<void> {
  await sessionClient.signIn(name, password);
  await loadSession();
}

export async function signOut(): Promise<void> {
  await sessionClient.signOut();
  state = { is: 'anonymous' };
}

whenUnauthenticated(() => {
  state = state.is === 'signed-in' || state.is === 'expired' ? { is: 'expired', who: state.who } : { is: 'anonymous' };
});
