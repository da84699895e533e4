import type { Caller } from '#domain/identity/caller.ts';
import type { AuditAction } from '#domain/names.ts';
import type { NodeSummary } from '#db/tree/nodes.ts';
import type { Subject } from './subject.ts';

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
    /** Undefined where nobody is signed in; then only `anonymous` routes go on. */
    caller: SignedIn | undefined;
    /** The JSON of the body as it was sent, nothing filled in; undefined where there was none. */
    sent: unknown;
    /** What the audit says was refused: the right that the route's rule asks for, or what exactly was asked. */
    action: AuditAction | undefined;
    /** The node in the path, where the rule says `path`. */
    node: NodeSummary | undefined;
    /** The thing in the path, where the rule names a subject. */
    found: { readonly subject: Subject; readonly access: unknown } | undefined;
    /** Somebody has decided that the caller may; a route whose rule leaves it to its handler must have. */
    decided: boolean;
  };
}
