import { type HostRun, tasks, type TaskSummary } from '#web/nouns/tasks/client.ts';

export interface TaskOnHost {
  readonly task: TaskSummary;
  readonly run: HostRun;
}

const perNode = 6;
const mostNodes = 3;
const mostTasks = 12;

/** The newest tasks in which a host took part, of those of its nodes and the newest of all, as far as they can be seen. */
export async function latestTasksOn(host: string, nodes: readonly string[]): Promise<TaskOnHost[]> {
  const lists = await Promise.all([
    tasks.list({ limit: perNode }),
    ...nodes.slice(0, mostNodes).map((node) => tasks.list({ node, limit: perNode })),
  ]);
  const byId = new Map(lists.flatMap((page) => page.items).map((task) => [task.id, task]));
  const newest = [...byId.values()].sort((a, b) => b.createdAt.localeCompare(a.createdAt)).slice(0, mostTasks);
  const found = await Promise.all(
    newest.map(async (task) => {
      const page = await tasks.hosts(task.id, { q: host, limit: 50 });
      const run = page.items.find((one) => one.host === host);
      return run === undefined ? [] : [{ task, run }];
    }),
  );
  return found.flat();
}
