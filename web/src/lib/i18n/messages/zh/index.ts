import { common } from './common.ts';
import { shell } from './shell.ts';
import { ui } from './ui.ts';
import { home } from './home.ts';
import { tree } from './tree.ts';
import { scripts } from './scripts.ts';
import { newTask } from './newTask.ts';
import { tasks } from './tasks.ts';
import { tickets } from './tickets.ts';
import { agents } from './agents.ts';
import { admin } from './admin.ts';
import { status } from './status.ts';

export const messages = { common, shell, ui, home, tree, scripts, newTask, tasks, tickets, agents, admin, status };
