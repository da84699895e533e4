import { common } from './common.ts';
import { shell } from './shell.ts';
import { ui } from './ui.ts';
import { zh as reasons } from '#words/zh.ts';

export const messages = { common, shell, ui, reasons };
