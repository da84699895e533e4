import { setTimeout as sleep } from 'node:timers/promises';
import { styleText } from 'node:util';

/** Something was not as the demo tells; the message says what. */
export class DemoFault extends Error {
  override readonly name = 'DemoFault';
}

/** Tells a story on a terminal: numbered steps, commands as typed, answers as they came. */
export interface Narrator {
  step(title: string): Promise<void>;
  say(text: string): void;
  /** What a person types. */
  command(who: string, line: string): void;
  /** What came back, every line of it. */
  answer(text: string): void;
  good(text: string): void;
  bad(text: string): void;
}

type Style = Parameters<typeof styleText>[0];

/** Colours, and pauses to read by, only where a person looks on. */
export function createNarrator(out: NodeJS.WriteStream, options: { colours: boolean; pauseMs: number }): Narrator {
  const paint = (style: Style, text: string) =>
    options.colours ? styleText(style, text, { validateStream: false }) : text;
  const line = (text: string) => void out.write(`${text}\n`);
  let steps = 0;
  return {
    async step(title) {
      if (steps > 0) await sleep(options.pauseMs);
      steps += 1;
      line(`\n${paint(['bold', 'cyan'], `${steps}. ${title}`)}`);
    },
    say: (text) => line(`   ${text}`),
    command: (who, text) => line(`   ${paint('dim', `${who} $`)} ${paint('bold', text)}`),
    answer(text) {
      for (const one of text.trimEnd().split('\n')) line(paint('dim', `     ${one}`).trimEnd());
    },
    good: (text) => line(`   ${paint('green', '✔')} ${text}`),
    bad: (text) => line(`   ${paint('red', '✘')} ${text}`),
  };
}
