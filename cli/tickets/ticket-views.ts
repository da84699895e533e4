import type {
  TicketDetail,
  TicketDiff,
  TicketOperation,
  TicketSummary,
  TicketTimelineEntry,
} from '#api/tickets/tickets.contract.ts';
import type { TicketState } from '#domain/tickets/ticket.ts';
import type { Paint, Tones } from '../kernel/output/paint.ts';
import type { ItemView, ListView } from '../kernel/output/printer.ts';
import { renderFields } from '../kernel/output/table.ts';
import { duration, localTime, namesOf, oneLine, terminalText } from '../kernel/output/text.ts';
import { describeApprovers } from '../changes/policy-views.ts';

/** States of a ticket. */
export const ticketTones: Tones<TicketState> = {
  pending: 'quiet',
  approved: 'busy',
  scheduled: 'busy',
  applying: 'busy',
  done: 'good',
  failed: 'bad',
  rejected: 'bad',
  withdrawn: 'quiet',
  expired: 'bad',
};

const approved = ({ stepsPassed, steps }: TicketSummary) => `${stepsPassed}/${steps}`;

export const ticketList: ListView<TicketSummary> = {
  columns: [
    { header: 'ID', value: (ticket) => ticket.id },
    { header: 'STATE', value: (ticket) => ticket.state, tone: (ticket) => ticketTones[ticket.state] },
    { header: 'YOU', value: (ticket) => (ticket.mineToDecide ? 'decide' : ''), tone: () => 'strong' },
    { header: 'APPROVED', value: approved },
    { header: 'KIND', value: (ticket) => ticket.kind },
    { header: 'RISK', value: (ticket) => ticket.risk, wide: true },
    { header: 'BY', value: (ticket) => ticket.requester },
    { header: 'CREATED', value: (ticket) => localTime(ticket.createdAt) },
    { header: 'TIME-OUT', value: (ticket) => localTime(ticket.timeoutAt), wide: true },
    { header: 'RUNS AT', value: (ticket) => localTime(ticket.runAt), wide: true },
    { header: 'NODES', value: (ticket) => namesOf(ticket.nodes, ticket.nodeCount, 3), wide: true },
    { header: 'TASK', value: (ticket) => ticket.taskId, wide: true },
    { header: 'ENDED', value: (ticket) => localTime(ticket.endedAt), wide: true },
    { header: 'TITLE', value: (ticket) => ticket.title },
  ],
  name: (ticket) => ticket.id,
  empty: 'No tickets.',
};

/** Targets that a table names one by one. */
const targetsNamed = 10;

/** A ticket without the texts of what would run: those come after it, by {@link contentText}. */
export const ticketItem: ItemView<TicketDetail> = {
  fields: (ticket) => [
    ['ticket', ticket.id],
    ['state', ticket.detail === null ? ticket.state : `${ticket.state}: ${oneLine(ticket.detail)}`],
    ['title', oneLine(ticket.title)],
    ['kind', `${ticket.kind}, risk ${ticket.risk}`],
    ['by', `${ticket.requester}, ${localTime(ticket.createdAt)}`],
    ['version', `${ticket.version}, content hash ${ticket.contentHash}`],
    ['nodes', namesOf(ticket.nodes, ticket.nodeCount) || '-'],
    ['targets', targets(ticket)],
    ...ticket.flow.map((step) => [`step ${step.step}`, stepText(step)] as const),
    ...ticket.decisions.map((decision) => ['decision', decisionText(decision)] as const),
    ['four eyes', ticket.fourEyes ? 'yes: never the requester' : 'no: the requester may approve too'],
    ...optional('times out', ticket.timeoutAt, localTime),
    ...optional('runs at', ticket.runAt, localTime),
    ...optional('expires', ticket.expiresAt, localTime),
    ...optional('task', ticket.taskId, String),
    ...optional('ended', ticket.endedAt, localTime),
    ['you may', ticket.actions.flatMap(({ name, allowed }) => (allowed ? [name] : [])).join(', ') || 'only look'],
    ['workflow', ticket.workflowId],
  ],
  name: (ticket) => ticket.id,
};

function optional<T>(label: string, value: T | null, text: (value: T) => string): [string, string][] {
  return value === null ? [] : [[label, text(value)]];
}

function targets({ content, targetsTotal }: TicketDetail): string {
  const named = content.targets.slice(0, targetsNamed).map(({ name }) => oneLine(name));
  const more = targetsTotal - named.length;
  return `${targetsTotal}${named.length === 0 ? '' : `: ${named.join(', ')}`}${more > 0 ? ` and ${more} more` : ''}`;
}

function stepText(step: TicketDetail['flow'][number]): string {
  const by = step.approvedBy.length === 0 ? '' : `, approved by ${step.approvedBy.join(', ')}`;
  const late = `${step.onTimeout} after ${duration(step.timeoutMs)}`;
  const asks = `${describeApprovers(step.need, step.approvers)} (policy of ${step.policyNode ?? 'the whole tree'})`;
  return step.state === 'passed' ? `passed${by}` : `${step.state}: ${asks}, else ${late}${by}`;
}

function decisionText(decision: TicketDetail['decisions'][number]): string {
  const { verdict, actor, step, version, message, voided } = decision;
  const said = message === '' ? '' : `: ${oneLine(message)}`;
  const early = decision.early ? ', in advance' : '';
  const why = voided?.map(({ detail }) => oneLine(detail)).join('; ');
  const gone = why === undefined ? '' : ` (does not count any more: ${why})`;
  return `${verdict} by ${actor}, step ${step} of version ${version}${early}, ${localTime(decision.at)}${said}${gone}`;
}

/** Exactly what would run, for people: short values a line each, longer texts as they are. */
export function contentText({ payload }: TicketDetail['content'], paint: Paint): string {
  const lines: string[] = [];
  for (const [name, value] of Object.entries(payload)) {
    if (name === 'title' || isEmpty(value)) continue;
    const text = typeof value === 'string' ? terminalText(value) : oneLine(JSON.stringify(value));
    if (!text.includes('\n')) lines.push(`${paint('strong', name)}  ${text}`);
    else lines.push(`${paint('strong', `${name}:`)}`, text.replace(/\n$/, ''));
  }
  return lines.map((line) => `${line}\n`).join('');
}

function isEmpty(value: unknown): boolean {
  return value === null || value === '' || (typeof value === 'object' && Object.keys(value).length === 0);
}

/** A ticket with exactly what would run, for people. */
export function ticketText(ticket: TicketDetail, paint: Paint): string {
  return `${renderFields(ticketItem.fields(ticket), paint)}${contentText(ticket.content, paint)}`;
}

/** A difference as people read one. */
export function diffText(diff: TicketDiff, paint: Paint): string {
  const tone = (line: string) => (line.startsWith('+') ? 'good' : line.startsWith('-') ? 'bad' : 'plain');
  const sections = diff.sections.map(({ title, unified, leftOut }) => {
    const lines = terminalText(unified).replace(/\n$/, '').split('\n');
    // The title stands for the names of the files.
    const hunks = lines.slice(
      Math.max(
        0,
        lines.findIndex((line) => line.startsWith('@@')),
      ),
    );
    const notShown = leftOut === null ? [] : [leftOutText(leftOut)];
    return [paint('strong', oneLine(title)), ...hunks.map((line) => paint(tone(line), line)), ...notShown].join('\n');
  });
  const head = `Version ${diff.from === 0 ? '0 (nothing)' : diff.from} to ${diff.to}`;
  return `${[head, ...(sections.length === 0 ? ['No difference.'] : sections)].join('\n')}\n`;
}

function leftOutText(left: NonNullable<TicketDiff['sections'][number]['leftOut']>): string {
  const parts = (['unchanged', 'removed', 'added'] as const).flatMap((name) =>
    left[name] === 0 ? [] : [`${left[name].toLocaleString('en')} ${name}`],
  );
  const rest = parts.length === 0 ? '' : `; not shown: ${parts.join(', ')}`;
  return `(only changes of this long list are shown${rest}${left.reordered ? '; what stays comes in another order' : ''})`;
}

export const ticketTimeline: ListView<TicketTimelineEntry> = {
  columns: [
    { header: 'TIME', value: (entry) => localTime(entry.at) },
    { header: 'WHAT', value: (entry) => entry.kind },
    { header: 'BY', value: (entry) => entry.actor },
    { header: 'VERSION', value: (entry) => entry.version },
    { header: 'DETAILS', value: (entry) => oneLine(JSON.stringify(entry.details)) },
  ],
  name: (entry) => entry.kind,
  empty: 'Nothing happened yet.',
};

export const ticketOperation: ItemView<TicketOperation> = {
  fields: (operation) => [
    ['ticket', operation.ticketId],
    ['state', operation.ticketState],
    [operation.action, operation.state],
  ],
  name: (operation) => operation.ticketId,
};

/** What a ticket waits for, in a few words. */
export function waitsFor(ticket: TicketDetail): string {
  const step = ticket.flow.find(({ state }) => state === 'current');
  if (ticket.state === 'scheduled') return `runs at ${localTime(ticket.runAt)}`;
  if (ticket.state !== 'pending' || step === undefined) return '';
  const of = ticket.steps === 1 ? '' : `step ${step.step} of ${ticket.steps}, `;
  return `${of}waits for ${oneLine(describeApprovers(step.need, step.approvers))}`;
}
