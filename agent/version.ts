import packageJson from '../package.json' with { type: 'json' };

/** Version that this agent reports. */
export const agentVersion: string = packageJson.version;
/** Version of the protocol it speaks (Hello.protocol). 2: it keeps secrets apart and masks them. */
export const protocolVersion = 2;
