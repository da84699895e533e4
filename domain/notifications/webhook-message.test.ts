import { describe, expect, it } from 'vitest';
import { webhookBodyOf } from './webhook-message.ts';

const at = '2026-11-21T10:00:00.000Z';

describe('webhookBodyOf', () => {
  it('names the subject as such and by its own field, whatever noun it is', () => {
    const about = (noun: 'ticket' | 'task') =>
      webhookBodyOf({
        id: 'message',
        kind: 'ticket.ended',
        subject: { noun, id: '7' },
        title: 'Grüße',
        details: { state: 'done' },
        at,
      });
    expect(about('ticket')).toEqual({
      type: 'ticket.ended',
      timestamp: at,
      data: { state: 'done', title: 'Grüße', subject: { noun: 'ticket', id: '7' }, ticketId: '7' },
    });
    expect(about('task').data).toMatchObject({ subject: { noun: 'task', id: '7' }, taskId: '7' });
    expect(about('task').data).not.toHaveProperty('ticketId');
  });
});
