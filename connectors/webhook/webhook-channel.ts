import { type IncomingMessage, request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { LookupFunction } from 'node:net';
import { Webhook } from 'standardwebhooks';
import type { Channel } from '#connectors/channel.ts';
import type { ChannelAnswer } from '#domain/notifications/channel.ts';
import { webhookBodyOf } from '#domain/notifications/webhook-message.ts';
import { parseRetryAfter } from '#domain/notifications/retry-delay.ts';
import { tellReasons } from '#words/english.ts';
import { guardedAgents, isRefusedAddress } from '#connectors/egress.ts';

/** Where to, and signed with what (`whsec_…`). */
export interface WebhookTarget {
  readonly url: string;
  readonly secret: string;
}

export interface WebhookChannelOptions {
  readonly allowPrivate: boolean;
  /** How names are looked up; the system's way unless given. */
  readonly lookup?: LookupFunction | undefined;
}

const maxAnswerBytes = 4096;
const shownOfAnswer = 200;

/**
 * Posts messages as Standard Webhooks asks for, to public addresses only (unless told otherwise). Redirects are not
 * followed and count as failures. Of an answer 4 KiB are read at most; its status counts even where the rest never comes.
 */
export function webhookChannel(options: WebhookChannelOptions): Channel<WebhookTarget> {
  const agents = guardedAgents(options);

  function post(url: URL, headers: Record<string, string>, body: string, signal: AbortSignal) {
    return new Promise<{ answer: IncomingMessage; text: string }>((resolve, reject) => {
      const secure = url.protocol === 'https:';
      const send = secure ? httpsRequest : httpRequest;
      const lookup = options.lookup === undefined ? {} : { lookup: options.lookup };
      const agent = secure ? agents.https : agents.http;
      let status: number | undefined;
      const request = send(url, { method: 'POST', headers, agent, signal, ...lookup }, (answer) => {
        status = answer.statusCode;
        readStart(answer).then((text) => resolve({ answer, text }), reject);
      });
      // Once there is a status it counts, whatever becomes of the rest.
      request.on('error', (error) => {
        if (status === undefined) reject(error);
      });
      request.end(body);
    });
  }

  return {
    async deliver({ url, secret }, message, signal) {
      const { id } = message;
      const content = JSON.stringify(webhookBodyOf({ ...message, details: tellReasons(message.details) }));
      const now = new Date();
      const headers = {
        'content-type': 'application/json; charset=utf-8',
        'content-length': String(Buffer.byteLength(content)),
        'user-agent': 'signalbox',
        'webhook-id': id,
        'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
        'webhook-signature': new Webhook(secret).sign(id, now, content),
      };
      try {
        const { answer, text } = await post(new URL(url), headers, content, signal);
        return judge(answer, text);
      } catch (error) {
        if (isRefusedAddress(error)) {
          const why = (error as Error).message.replace(/^DNS lookup /, '');
          return { outcome: 'give-up', error: `Refused, not a public address: ${why}` };
        }
        if (signal.aborted) throw error;
        return { outcome: 'retry', error: describe(error) };
      }
    },
  };
}

function judge(answer: IncomingMessage, text: string): ChannelAnswer {
  const status = answer.statusCode ?? 0;
  if (status >= 200 && status < 300) return { outcome: 'delivered', status };
  const error = `HTTP ${status}${status >= 300 && status < 400 ? ' (redirects are not followed)' : ''}${text && `: ${text}`}`;
  if (status === 410) return { outcome: 'give-up', status, error, unwanted: true };
  const afterMs = parseRetryAfter(answer.headers['retry-after'], new Date());
  return { outcome: 'retry', status, error, ...(afterMs === undefined ? {} : { afterMs }) };
}

/** The start of an answer in one line; what is cut off, broken or too late is left out. Closes the connection. */
async function readStart(answer: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of answer as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes >= maxAnswerBytes) break;
    }
  } catch {
    // The status is there, and it is what counts.
  }
  answer.destroy();
  const text = Buffer.concat(chunks).subarray(0, maxAnswerBytes).toString('utf8');
  return [...text.replaceAll(/[\p{Cc}\p{Cs}\s]+/gu, ' ').trim()].slice(0, shownOfAnswer).join('');
}

function describe(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return message || code || 'the connection failed';
}
