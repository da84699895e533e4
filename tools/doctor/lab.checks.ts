import { labFolder, readLab } from '../lab/lab-folder.ts';
import type { LabPart } from '../lab/part.ts';
import { fail, ok, warn, type Env, type Finding } from './check.ts';

/** One finding for each part of the lab: its programs, and what runs of it. Nothing of it is needed by the platform. */
export function checkLab(parts: readonly LabPart[], data: string, env: Env): Promise<Finding[]> {
  const { alive, died } = readLab(labFolder(data));
  return Promise.all(
    parts.map(async (part) => {
      const check = `lab ${part.name}`;
      const ours = ({ role }: { readonly role: string }) => part.servers.some(({ name }) => name === role);
      const [running, gone] = [alive.filter(ours), died.filter(ours)];
      try {
        const programs = await part.found({ env, say: () => undefined });
        const runs = running.length > 0 ? `${running.length} of ${part.servers.length} run` : 'not started';
        const found = `${runs}; ${programs ?? `no program yet (npm run lab -- ${part.name} gets it)`}`;
        if (gone.length === 0) return ok(check, found);
        const names = gone.map(({ role, pid }) => `${role} (pid ${pid})`).join(', ');
        return warn(
          check,
          `${found}; gone: ${names}`,
          `npm run lab -- ${part.name} --detach starts it again, npm run lab -- --stop forgets it.`,
        );
      } catch (error) {
        return fail(check, 'no program', (error as Error).message);
      }
    }),
  );
}
