import { type Kysely, sql } from 'kysely';

/**
 * How many hosts of a task are in which group, kept where they change: whoever moves them counts in a row of its own, so
 * that no two writers wait for each other. What is true of a task is the sum over its rows.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

/** Each column with the states that it counts; of each host the latest attempt. */
const columns: Readonly<Record<string, string>> = {
  pending: `state in ('pending', 'ready')`,
  running: `state in ('dispatched', 'running', 'killing')`,
  succeeded: `state = 'succeeded'`,
  failed: `state = 'failed'`,
  timed_out: `state = 'timed_out'`,
  killed: `state = 'killed'`,
  lost: `state = 'lost'`,
  revoked: `state = 'revoked'`,
  buried: `state = 'buried'`,
  // Ends that count for the error strategy: never those of hosts that could not be handed out at all.
  errors: `state in ('timed_out', 'lost') or state = 'failed' and dispatched_at is not null`,
  unreachable: `state = 'failed' and dispatched_at is null`,
};
const names = Object.keys(columns);
const counted = (weight: string) =>
  Object.entries(columns)
    .map(([name, of]) => `coalesce(sum(${weight}) filter (where ${of}), 0) as ${name}`)
    .join(', ');

const before = `select task_id, state, dispatched_at, -1 as weight from before where current`;
const after = `select task_id, state, dispatched_at, 1 as weight from after where current`;

/** One trigger for each kind of statement: only so does PostgreSQL hand all its rows over at once. */
const trigger = (event: string, tables: string, rows: string): string[] => [
  `create function host_run_${event}_counts() returns trigger language plpgsql as $$
  begin
    insert into task_count (task_id, writer, ${names.join(', ')})
    select task_id, coalesce(current_setting('signalbox.writer', true), ''), ${names.join(', ')}
    from (select task_id, ${counted('weight')} from (${rows}) as moved group by task_id) as moved
    where (${names.join(', ')}) <> (${names.map(() => '0').join(', ')})
      -- Where the task itself is deleted, nothing is counted any more.
      and exists (select from task where task.id = moved.task_id)
    order by task_id
    on conflict (task_id, writer) do update set ${names.map((name) => `${name} = task_count.${name} + excluded.${name}`).join(', ')};
    return null;
  end $$`,
  `create trigger host_run_${event}_counts after ${event} on host_run referencing ${tables}
   for each statement execute function host_run_${event}_counts()`,
];

const statements = [
  `create table task_count (
    task_id uuid not null references task (id) on delete cascade, writer text not null,
    ${names.map((name) => `${name} integer not null default 0`).join(', ')},
    primary key (task_id, writer)) with (fillfactor = 50)`,
  `insert into task_count (task_id, writer, ${names.join(', ')})
    select task_id, '', ${counted('1')} from host_run where current group by task_id`,
  ...trigger('insert', 'new table as after', after),
  ...trigger('delete', 'old table as before', before),
  ...trigger('update', 'old table as before new table as after', `${before} union all ${after}`),
];
