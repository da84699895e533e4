import { credentials, type ServiceError, status } from '@grpc/grpc-js';
import { AgentGatewayClient } from '#proto/gen/agent.ts';
import type { Credentials } from './credentials.ts';

/** Name in every gateway's certificate, whatever address is dialled. */
export const gatewayServerName = 'gateway.signalbox';

/**
 * A client for one gateway that trusts one root. Each has its own connection, so that nothing of a failed one (its
 * back-off, its half-open socket) is carried over. A ping every 20 s that is not answered within 8 s ends the
 * connection: a partition, one-way too, is noticed within 30 s.
 */
export function createGatewayClient(
  address: string,
  trust: Pick<Credentials, 'caPem'> & Partial<Pick<Credentials, 'keyPem' | 'certificatePem'>>,
): AgentGatewayClient {
  const pem = (text: string | undefined) => (text === undefined ? null : Buffer.from(text));
  const secure = credentials.createSsl(Buffer.from(trust.caPem), pem(trust.keyPem), pem(trust.certificatePem));
  return new AgentGatewayClient(address, secure, {
    'grpc.ssl_target_name_override': gatewayServerName,
    'grpc.default_authority': gatewayServerName,
    'grpc.keepalive_time_ms': 20_000,
    'grpc.keepalive_timeout_ms': 8_000,
    'grpc.max_receive_message_length': 32 * 1024 * 1024,
    'grpc.max_send_message_length': 4 * 1024 * 1024,
    'grpc.use_local_subchannel_pool': 1,
    'grpc.service_config_disable_resolution': 1,
    'grpc.enable_http_proxy': 0,
    'grpc.enable_channelz': 0,
  });
}

export function isServiceError(error: unknown): error is ServiceError {
  return error instanceof Error && 'code' in error && typeof error.code === 'number' && 'details' in error;
}

/** What the gateways say of an agent that may never connect again. */
export function isRevocation(error: unknown): error is ServiceError {
  return (
    isServiceError(error) &&
    error.code === status.UNAUTHENTICATED &&
    /revoked|unknown-agent|no such agent/.test(error.details)
  );
}

/** The certificate is too old for a session, yet good for a renewal. */
export function isExpiry(error: unknown): boolean {
  return isServiceError(error) && error.code === status.UNAUTHENTICATED && error.details.includes('expired');
}
