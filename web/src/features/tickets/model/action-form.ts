import type { TicketDetail } from '#web/nouns/tickets/client.ts';
import type { MessageKey } from '#web/lib/i18n/index.svelte.ts';
import type { ShownAction } from './actions.ts';
import type { Say } from './say.ts';
import { isLastApproval, stepStrip } from './step-strip.ts';
import { nameToType } from './ticket-content.ts';

export type FormAction = Exclude<ShownAction, 'comment'>;

/** What an action asks of the person before it is sent. */
interface ActionForm {
  readonly title: Say;
  readonly effect: Say;
  /** The verb on the button where it says more than the name of the action. */
  readonly verb?: Say;
  readonly message: { readonly label: MessageKey; readonly required: boolean };
  readonly asksUser: boolean;
  readonly asksOutcome: boolean;
  /** To be typed, letter by letter, before a high risk is let go. */
  readonly typeName?: string;
  readonly danger: boolean;
}

type Ticket = Pick<
  TicketDetail,
  | 'title'
  | 'kind'
  | 'risk'
  | 'runAt'
  | 'requester'
  | 'targetsTotal'
  | 'flow'
  | 'endedAt'
  | 'decisions'
  | 'version'
  | 'nodes'
  | 'content'
>;

const plain = { asksUser: false, asksOutcome: false, danger: false } as const;
const optionalComment = { label: 'tickets.commentOptional', required: false } as const;

/** The form of an action, which names its exact effect. */
export function actionForm(action: FormAction, ticket: Ticket): ActionForm {
  const named = { title: ticket.title };
  switch (action) {
    case 'approve':
      return {
        ...plain,
        title: { key: 'tickets.approveTitle', params: named },
        effect: approveEffect(ticket),
        ...(ticket.kind === 'task.run'
          ? { verb: { key: 'tickets.approveVerbHosts', params: { n: ticket.targetsTotal } } }
          : {}),
        message: optionalComment,
        ...(ticket.risk === 'high' ? { typeName: nameToType(ticket), danger: true } : {}),
      };
    case 'reject':
      return {
        ...plain,
        danger: true,
        title: { key: 'tickets.rejectTitle', params: named },
        effect: { key: 'tickets.rejectEffect', params: { who: ticket.requester } },
        message: { label: 'tickets.reasonLabel', required: true },
      };
    case 'withdraw':
      return {
        ...plain,
        danger: true,
        title: { key: 'tickets.withdrawTitle', params: named },
        effect: { key: 'tickets.withdrawEffect' },
        message: optionalComment,
      };
    case 'transfer':
      return {
        ...plain,
        asksUser: true,
        title: { key: 'tickets.transferTitle' },
        effect: { key: 'tickets.transferEffect' },
        message: optionalComment,
      };
    case 'add-approver':
      return {
        ...plain,
        asksUser: true,
        title: { key: 'tickets.addTitle' },
        effect: { key: 'tickets.addEffect' },
        message: optionalComment,
      };
    case 'complete':
      return {
        ...plain,
        asksOutcome: true,
        title: { key: 'tickets.completeTitle' },
        effect: { key: 'tickets.completeEffect' },
        message: { label: 'tickets.noteLabel', required: false },
      };
  }
}

function approveEffect(ticket: Ticket): Say {
  if (!isLastApproval(stepStrip(ticket))) return { key: 'tickets.approveEffectStep' };
  if (ticket.kind === 'manual.step') return { key: 'tickets.approveEffectManual' };
  const params = { n: ticket.targetsTotal };
  return { key: ticket.runAt === null ? 'tickets.approveEffectLast' : 'tickets.approveEffectLastAt', params };
}

/** What was put into the form. */
interface FormInput {
  readonly message: string;
  readonly user: string;
  readonly outcome: 'done' | 'failed';
  readonly typed: string;
}

/** What is missing, by field; empty where it can be sent. */
export function formFaults(
  form: ActionForm,
  input: FormInput,
): Partial<Record<'message' | 'user' | 'typed', MessageKey>> {
  return {
    ...(form.message.required && input.message.trim() === '' ? { message: 'tickets.reasonMissing' } : {}),
    ...(form.asksUser && input.user.trim() === '' ? { user: 'tickets.userMissing' } : {}),
    ...(form.typeName !== undefined && input.typed.trim() !== form.typeName ? { typed: 'ui.confirmMismatch' } : {}),
  };
}

/** The body of the request. Decisions carry the hash of the content that is on the screen. */
export function requestBody(
  action: FormAction,
  input: FormInput,
  contentHash: string,
): Readonly<Record<string, string>> {
  const message = input.message.trim();
  switch (action) {
    case 'approve':
    case 'reject':
      return { message, contentHash };
    case 'withdraw':
      return { message };
    case 'transfer':
    case 'add-approver':
      return { message, user: input.user.trim() };
    case 'complete':
      return { message, outcome: input.outcome };
  }
}
