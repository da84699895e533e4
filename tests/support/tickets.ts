import type { NewUser } from '#api/identity/identity.contract.ts';
import type { PolicyInput } from '#api/changes/policies.contract.ts';
import type { SubmittedTask, TaskInput } from '#api/tasks/tasks.contract.ts';
import type { TicketDetail, TicketOperation } from '#api/tickets/tickets.contract.ts';
import type { UserRole } from '#domain/identity/roles.ts';
import type { TicketAction, TicketState } from '#domain/tickets/ticket.ts';
import type { CliResult } from './command.ts';
import { eventually } from './eventually.ts';
import type { Platform } from './platform.ts';
import type { Answer } from './platform-api.ts';

/** Somebody who asks or decides, with a token of their own. */
export interface Person {
  readonly id: string;
  readonly name: string;
  readonly token: string;
  /** The command line, signed in as they are. */
  cli(...args: string[]): Promise<CliResult>;
}

export async function createPerson(platform: Platform, name: string, role: UserRole): Promise<Person> {
  const { id, token } = await platform.api.post<NewUser>('/api/v1/users', { name, role });
  return {
    id,
    name,
    token,
    cli: (...args) =>
      platform.cli(args, {
        env: { SIGNALBOX_DATA: '', SIGNALBOX_URL: platform.signIn().url, SIGNALBOX_TOKEN: token },
      }),
  };
}

export async function setPolicy(platform: Platform, node: string, policy: PolicyInput): Promise<void> {
  const path = `/api/v1/nodes/${node}/policies/task.run`;
  const answer = await platform.api.request('PUT', path, { body: policy });
  if (answer.status !== 200) throw new Error(`${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
}

/** One step: any of these people. */
export function approvedBy(...people: readonly Person[]): PolicyInput {
  return { mode: 'ticket', steps: [{ approvers: people.map(({ name }) => ({ type: 'user', user: name })) }] };
}

export interface Opened {
  readonly taskId: string;
  readonly ticketId: string;
}

/** Submits a task that has to wait for a ticket; any other answer is thrown. */
export async function submitForApproval(
  platform: Platform,
  who: Person,
  input: TaskInput,
  key: string = crypto.randomUUID(),
): Promise<Opened> {
  const answer = await platform.api.request<SubmittedTask>('POST', '/api/v1/tasks', {
    body: input,
    token: who.token,
    headers: { 'idempotency-key': key },
  });
  const { id, state, ticketId } = answer.body;
  if (answer.status !== 202 || state !== 'awaiting-approval' || ticketId === null) {
    throw new Error(`POST /tasks: ${answer.status} ${JSON.stringify(answer.body)}`);
  }
  return { taskId: id, ticketId };
}

export function getTicket(platform: Platform, id: string): Promise<TicketDetail> {
  return platform.api.get<TicketDetail>(`/api/v1/tickets/${id}`);
}

/** Waits until a ticket is in one of the states. */
export function ticketReaches(
  platform: Platform,
  id: string,
  states: readonly TicketState[],
  withinMs: number,
): Promise<TicketDetail> {
  return eventually(
    `ticket ${id} is ${states.join(' or ')}`,
    async () => {
      const ticket = await getTicket(platform, id);
      if (states.includes(ticket.state)) return ticket;
      throw new Error(`${ticket.state} ${ticket.reason ?? ''}`);
    },
    { withinMs, everyMs: 100 },
  );
}

export type DecisionAnswer = Answer<Partial<TicketOperation> & { reason?: string | null; code?: string }>;

/** Of a decision that names no content, with the content that the ticket has now. */
async function wholeBody(
  platform: Platform,
  ticketId: string,
  action: TicketAction,
  body: Record<string, unknown>,
): Promise<Record<string, unknown>> {
  if ((action !== 'approve' && action !== 'reject') || body['contentHash'] !== undefined) return body;
  const { contentHash } = await getTicket(platform, ticketId);
  return { ...body, contentHash };
}

/** Asks for an operation and answers with what the api said, refusals included. */
export async function decide(
  platform: Platform,
  who: Person,
  ticketId: string,
  action: TicketAction,
  body: Record<string, unknown> = {},
  key: string = crypto.randomUUID(),
): Promise<DecisionAnswer> {
  return platform.api.request('POST', `/api/v1/tickets/${ticketId}/${action}`, {
    body: await wholeBody(platform, ticketId, action, body),
    token: who.token,
    headers: { 'idempotency-key': key },
  });
}

/** Comes again with the same key until the api has a word to say: 2xx, or a refusal of its own. */
export async function decideStubbornly(
  platform: Platform,
  who: Person,
  ticketId: string,
  action: TicketAction,
  body: Record<string, unknown>,
  key: string,
): Promise<DecisionAnswer> {
  const patience = { withinMs: 120_000, everyMs: 150 };
  const whole = await eventually(
    `what ${ticketId} is about is known`,
    () => wholeBody(platform, ticketId, action, body),
    patience,
  );
  return eventually(
    `${action} of ${ticketId} is answered`,
    async () => {
      const answer = await decide(platform, who, ticketId, action, whole, key);
      if (answer.status < 500 && answer.status !== 429) return answer;
      throw new Error(`${answer.status} ${JSON.stringify(answer.body)}`);
    },
    patience,
  );
}
