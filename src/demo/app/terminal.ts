import type { DemoMoment } from './terminal-view.ts';
import { clockTime, describeEvent, explain, renderMoment } from './terminal-view.ts';

/** Where the demo writes. */
export interface TerminalStream {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

export interface Terminal {
  /** Lines that stay. */
  say(lines: readonly string[]): void;
  show(moment: DemoMoment): void;
}

const DEFAULT_WIDTH = 120;

/** On a terminal the table is drawn over the one before. */
const createLiveTerminal = (stream: TerminalStream): Terminal => {
  let drawn = 0;
  const erase = (): void => {
    // Up to the table's first line, and clear to the end of the screen (ECMA-48 CPL and ED).
    if (drawn > 0) stream.write(`\u001b[${drawn}F\u001b[0J`);
    drawn = 0;
  };
  return {
    say: (lines) => {
      erase();
      stream.write(`${lines.join('\n')}\n`);
    },
    show: (moment) => {
      const lines = renderMoment(moment, (stream.columns ?? DEFAULT_WIDTH) - 1);
      erase();
      stream.write(`${lines.join('\n')}\n`);
      drawn = lines.length;
    },
  };
};

/** In a pipe or a log only what is new is written, one line each. */
const createLineTerminal = (stream: TerminalStream): Terminal => {
  const alarmed = new Set<string>();
  let told = 0;
  let waiting: string | undefined;
  const line = (text: string): void => {
    stream.write(`${text}\n`);
  };
  return {
    say: (lines) => line(lines.join('\n')),
    show: (moment) => {
      if (moment.waiting !== waiting && moment.waiting !== undefined) line(moment.waiting);
      waiting = moment.waiting;
      for (const event of moment.truth.slice(told)) line(`simulator: ${describeEvent(event)}`);
      told = moment.truth.length;
      for (const { key, score } of moment.scores) {
        const name = key.namespace ? `${key.namespace}/${key.workload}` : key.workload;
        const top = score.contributors[0];
        if (score.value >= 1 && !alarmed.has(name)) {
          alarmed.add(name);
          line(`${clockTime(score.timeMs)} ${name} is anomalous: score ${score.value.toFixed(2)}${top ? `, ${explain(top)}` : ''}`);
        } else if (score.value < 1 && alarmed.delete(name)) line(`${clockTime(score.timeMs)} ${name} is back below 1`);
      }
    },
  };
};

export const createTerminal = (stream: TerminalStream): Terminal =>
  stream.isTTY ? createLiveTerminal(stream) : createLineTerminal(stream);
