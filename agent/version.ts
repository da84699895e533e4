import packageJson from '../package.json' with { type: 'json' };

/** Version that this agent reports. */
export const agentVersion: string = packageJson.version;
/** Version of the protocol it speaks (Hello.protocol). */
export const protocolVersion = 1;
