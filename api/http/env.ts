import type { Caller } from '#db/identity/caller.repository.ts';
import type { RouteRule } from '#api/contract/rule.ts';

/** A caller with what they signed in with. */
export interface SignedIn extends Caller {
  readonly via: 'session' | 'token';
  /** Id of the session or token. */
  readonly credentialId: string;
}

/** What every request carries. */
export interface ApiEnv {
  Variables: {
    requestId: string;
    /** Address of the peer, as the socket says. */
    ip: string;
    /** Undefined only where the rule is `anonymous`. */
    caller: SignedIn | undefined;
    rule: RouteRule | undefined;
    /** The request named a credential, but none that holds. */
    badCredential: boolean;
    /** Set by whoever decides; a route whose rule leaves it to the handler must have asked. */
    decided: boolean;
  };
}
