import { globSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { checkout } from '#tests/support/platform.ts';
import type { Example } from './example.ts';

/** Every page there is, from the files that make it one. */
export const routes = globSync('**/+page.svelte', { cwd: join(checkout, 'web', 'src', 'routes') })
  .map((file) => (dirname(file) === '.' ? '/' : `/${dirname(file)}`))
  .toSorted();

/** Where each of them is looked at; more than once where it has faces that differ much. */
export const addresses: Readonly<Record<string, (example: Example) => readonly string[]>> = {
  '/': () => ['/', '/no-such-page'],
  '/_kit': () => ['/_kit'],
  '/account': () => ['/account'],
  '/admin/audit': () => ['/admin/audit'],
  '/admin/status': () => ['/admin/status'],
  '/admin/users': () => ['/admin/users', '/admin/users?sel=boss', '/admin/users?tab=rights'],
  '/admin/webhooks': ({ webhook }) => ['/admin/webhooks', `/admin/webhooks?sel=${webhook}`],
  '/agents': () => ['/agents', '/agents?sel=till-1', '/agents?add=1'],
  '/api-docs': () => ['/api-docs'],
  '/inbox': ({ ticket }) => ['/inbox', `/inbox?view=visible&sel=${ticket}&tab=story`],
  '/schedules': () => ['/schedules', '/schedules?q=there-is-none'],
  '/schedules/[id]': ({ schedule }) =>
    ['', '?state=missed', '?state=queued', '?tab=program'].map((query) => `/schedules/${schedule}${query}`),
  '/schedules/[id]/edit': ({ schedule }) => [`/schedules/${schedule}/edit`],
  '/schedules/new': () => ['/schedules/new'],
  '/scripts': () => ['/scripts', '/scripts?q=there-is-none'],
  '/scripts/[id]': ({ script }) => [
    `/scripts/${script}`,
    `/scripts/${script}?tab=versions`,
    `/scripts/${script}?tab=compare&from=1`,
  ],
  '/scripts/new': () => ['/scripts/new'],
  '/sign-in': () => ['/sign-in'],
  '/tasks': () => ['/tasks'],
  '/tasks/[id]': ({ task, waitingTask }) => [
    `/tasks/${task}`,
    `/tasks/${task}?pane=host&host=gone-1.example`,
    `/tasks/${waitingTask}`,
  ],
  '/tasks/new': ({ script, nodeName }) => [
    '/tasks/new',
    `/tasks/new?step=hosts&script=${script}`,
    `/tasks/new?step=how&script=${script}&node=${nodeName}`,
    `/tasks/new?step=review&script=${script}&node=${nodeName}`,
  ],
  '/tickets/[id]': ({ ticket }) => [`/tickets/${ticket}`, `/tickets/${ticket}?tab=story`],
  '/tree': () => ['/tree'],
  '/tree/[node]': ({ node }) =>
    ['', '?tab=grants', '?tab=policies', '?tab=overview'].map((tab) => `/tree/${node}${tab}`),
};
