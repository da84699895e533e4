import type { ShownAction } from './actions.ts';
import type { Say } from './say.ts';

interface Applied {
  readonly action: ShownAction;
  readonly body: Readonly<Record<string, unknown>>;
}

/** What to say once an action is carried out. */
export function appliedSay({ action, body }: Applied, title: string): Say {
  const user = typeof body['user'] === 'string' ? body['user'] : '';
  switch (action) {
    case 'approve':
      return { key: 'tickets.saidApprove', params: { title } };
    case 'reject':
      return { key: 'tickets.saidReject', params: { title } };
    case 'withdraw':
      return { key: 'tickets.saidWithdraw', params: { title } };
    case 'comment':
      return { key: 'tickets.saidComment' };
    case 'transfer':
      return { key: 'tickets.saidTransfer', params: { user } };
    case 'add-approver':
      return { key: 'tickets.saidAdd', params: { user } };
    case 'complete':
      return { key: 'tickets.saidComplete', params: { title } };
  }
}

/** Whether the ticket waits for this reader no more, so that the next one can be read. */
export function endsReading(action: ShownAction): boolean {
  return action === 'approve' || action === 'reject' || action === 'withdraw' || action === 'transfer';
}
