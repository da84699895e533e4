import { sql } from 'kysely';
import type { Database } from '#db/database.ts';

/** Tasks whose counts are not those of their host runs. */
export async function wrongCounts(db: Database): Promise<object[]> {
  const { rows } = await sql<object>`
    with counted as (
      select task_id, sum(pending) as pending, sum(running) as running, sum(succeeded) as succeeded, sum(failed) as failed,
             sum(timed_out) as timed_out, sum(killed) as killed, sum(lost) as lost, sum(revoked) as revoked, sum(buried) as buried,
             sum(errors) as errors, sum(unreachable) as unreachable
      from task_count group by task_id),
    present as (
      select id as task_id,
             count(*) filter (where state in ('pending', 'ready')) as pending,
             count(*) filter (where state in ('dispatched', 'running', 'killing')) as running,
             count(*) filter (where state = 'succeeded') as succeeded, count(*) filter (where state = 'failed') as failed,
             count(*) filter (where state = 'timed_out') as timed_out, count(*) filter (where state = 'killed') as killed,
             count(*) filter (where state = 'lost') as lost, count(*) filter (where state = 'revoked') as revoked,
             count(*) filter (where state = 'buried') as buried,
             count(*) filter (where state in ('timed_out', 'lost') or (state = 'failed' and dispatched_at is not null)) as errors,
             count(*) filter (where state = 'failed' and dispatched_at is null) as unreachable
      from (select task.id, run.state, run.dispatched_at from task
            left join host_run as run on run.task_id = task.id and run.current) as runs
      group by id)
    select * from present join counted using (task_id)
    where (present.pending, present.running, present.succeeded, present.failed, present.timed_out, present.killed, present.lost,
           present.revoked, present.buried, present.errors, present.unreachable)
       <> (counted.pending, counted.running, counted.succeeded, counted.failed, counted.timed_out, counted.killed, counted.lost,
           counted.revoked, counted.buried, counted.errors, counted.unreachable)
    union all select *, null, null, null, null, null, null, null, null, null, null, null from present
    where (pending + running + succeeded + failed + timed_out + killed + lost + revoked + buried) > 0
      and not exists (select from counted where counted.task_id = present.task_id)`.execute(db);
  return rows;
}
