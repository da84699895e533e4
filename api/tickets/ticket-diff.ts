import { createTwoFilesPatch, FILE_HEADERS_ONLY } from 'diff';
import type { TicketDiff } from './tickets.contract.ts';
import type { KindsOn } from '#ledger/changes/kinds-on.ts';
import type { Database } from '#db/database.ts';
import { readTicketContent } from '#db/tickets/ticket-read.ts';
import type { ChangeContent, DiffSection } from '#domain/changes/change-kind.ts';
import { Problem } from '#domain/errors.ts';
import { taskLimits } from '#domain/tasks/task.ts';
import { readSnapshot } from '#db/snapshot.ts';
import { shortenList } from './shorten-list.ts';
import { because } from '#domain/reasons.ts';

/** Comparing two texts takes so long at most; then all of the old goes and all of the new comes. */
const compareMs = 300;

/** What changes from one version of a ticket (0: nothing) to another; a version that is not there is bad input. */
export async function diffTicket(
  db: Database,
  kindsOn: KindsOn,
  ticketId: string,
  versions: { from?: number | undefined; to?: number | undefined },
): Promise<TicketDiff> {
  return readSnapshot(db, async (tx) => {
    const ticket = await tx
      .selectFrom('ticket')
      .select(['kind', 'version'])
      .where('id', '=', ticketId)
      .executeTakeFirst();
    if (ticket === undefined) throw new Problem('not-found', because('no-such-ticket'));
    const to = versions.to ?? ticket.version;
    const from = versions.from ?? to - 1;
    const contentOf = async (field: string, version: number): Promise<ChangeContent> => {
      const read = await readTicketContent(tx, ticketId, version, taskLimits.hosts);
      if (read === undefined) throw Problem.field(field, because('no-such-version', { version }));
      return read.content;
    };
    const after = await contentOf('to', to);
    const before = from === 0 ? undefined : await contentOf('from', from);
    const sections = kindsOn(tx)[ticket.kind].diff(before, after);
    return { from, to, sections: sections.map(shownSection) };
  });
}

function shownSection({ isList, ...whole }: DiffSection): TicketDiff['sections'][number] {
  const { section, leftOut } = isList === true ? shortenList(whole) : { section: whole, leftOut: null };
  return { ...section, unified: unified(section), leftOut };
}

function unified({ title, before, after }: DiffSection): string {
  const [old, fresh] = [lines(before), lines(after)];
  const options = { timeout: compareMs, headerOptions: FILE_HEADERS_ONLY };
  const patch = createTwoFilesPatch(title, title, old, fresh, undefined, undefined, options);
  return patch ?? wholesale(title, old, fresh);
}

/** Text whose last line ends, so that no patch speaks of a missing newline. */
function lines(text: string): string {
  return text === '' || text.endsWith('\n') ? text : `${text}\n`;
}

function wholesale(title: string, before: string, after: string): string {
  const [gone, come] = [before, after].map((text) => text.split('\n').slice(0, -1));
  const range = (sign: string, count: number) => `${sign}${count === 0 ? 0 : 1},${count}`;
  return [
    `--- ${title}`,
    `+++ ${title}`,
    `@@ ${range('-', gone?.length ?? 0)} ${range('+', come?.length ?? 0)} @@`,
    ...(gone ?? []).map((line) => `-${line}`),
    ...(come ?? []).map((line) => `+${line}`),
    '',
  ].join('\n');
}
