import { parseInstant } from '#domain/instant.ts';
import type { TicketInput } from '#web/nouns/tickets/client.ts';
import type { MessageKey } from '#web/lib/i18n/index.svelte.ts';

/** A manual step as it was typed; `runAt` in the reader's time zone, empty for as soon as it is approved. */
interface ManualStepForm {
  readonly node: string;
  readonly title: string;
  readonly instructions: string;
  readonly runAt: string;
}

type ManualStepInput = Extract<TicketInput, { kind: 'manual.step' }>;

/** What is missing or wrong, by field; empty where it can be asked for. */
export function manualStepFaults(form: ManualStepForm): Partial<Record<keyof ManualStepForm, MessageKey>> {
  return {
    ...(form.node.trim() === '' ? { node: 'tickets.nodeMissing' } : {}),
    ...(form.title.trim() === '' ? { title: 'tickets.stepTitleMissing' } : {}),
    ...(form.instructions.trim() === '' ? { instructions: 'tickets.stepInstructionsMissing' } : {}),
    ...runAtFault(form.runAt),
  };
}

function runAtFault(runAt: string): { runAt?: MessageKey } {
  const { fault } = parseInstant(runAt);
  if (runAt === '' || fault === undefined) return {};
  return { runAt: fault.code === 'skipped-hour' ? 'reasons.skipped-hour' : 'tickets.stepRunAtWrong' };
}

/** What the api is asked for; only for a form without faults. */
export function manualStepInput(form: ManualStepForm): ManualStepInput {
  const { at: runAt } = parseInstant(form.runAt);
  return {
    kind: 'manual.step',
    node: form.node.trim(),
    title: form.title.trim(),
    instructions: form.instructions.trim(),
    ...(runAt === undefined ? {} : { runAt: runAt.toISOString() }),
  };
}
