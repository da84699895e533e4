import type { CliRoom } from '../kernel/room.ts';
import { addScriptCommands } from './script.commands.ts';
import { createScriptsClient } from './scripts.client.ts';

/** The script library. */
export const scriptRoom = {
  add: addScriptCommands,
  things: {
    scripts: {
      async lookUp(context, { q, limit }) {
        const scripts = await createScriptsClient(context.http()).list({ q }, limit);
        return scripts.map(({ name, language, description }) => ({ value: name, about: `${language} ${description}` }));
      },
    },
  },
  meant: { script: 'scripts', '--library': 'scripts' },
  optionOfField: { content: '--file' },
} as const satisfies CliRoom;
