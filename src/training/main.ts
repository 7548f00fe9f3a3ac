import { Command, InvalidArgumentError } from 'commander';
import { BellwetherError, runProcess, systemClock } from '../platform/index.ts';
import { runTraining, type TrainingResult } from './run-training.ts';
import type { TrainingFile } from './training-data.ts';

export { modelsCommand } from './models-command.ts';

interface Flags {
  readonly from: readonly string[];
  readonly events?: readonly string[];
  readonly out: string;
  readonly steps: number;
  readonly seed: number;
  readonly licence: string;
}

const DEFAULT_STEPS = 2000;

const collect = (value: string, previous: readonly string[] = []): readonly string[] => [...previous, value];
const wholeNumber =
  (min: number, max: number) =>
  (text: string): number => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < min || value > max)
      throw new InvalidArgumentError(`It must be a whole number from ${min} to ${max}.`);
    return value;
  };

/** `bellwether train`: teaches the window encoder on recordings and promotes it where it is better than the one at work. */
export const trainCommand = (): Command =>
  new Command('train')
    .description(
      'Teaches the window encoder what usual windows look like, keeps it in a folder of models, and puts it to work where it is better than the one there. A run that was stopped is taken up where it was.',
    )
    .requiredOption('--from <file>', 'recording to learn from, OpenMetrics text, .om or .om.gz; may be given several times', collect)
    .option('--events <file>', 'labelled events of the recording in the same place; their time is left out', collect)
    .requiredOption('--out <dir>', 'folder of models')
    .option('--steps <number>', 'steps of training', wholeNumber(1, 1_000_000), DEFAULT_STEPS)
    .option('--seed <number>', 'same data, steps and seed give the same model', wholeNumber(0, 2 ** 32 - 1), 1)
    .option('--licence <text>', 'licence of the data, kept with the model', 'not stated')
    .addHelpText(
      'after',
      '\nExit codes: 0 done, promoted or not; 1 failed; 2 wrong command line or input file. The result goes to standard output, progress to standard error.',
    )
    .action((flags: Flags) =>
      runProcess(async (signal) => {
        const tell = (line: string): void => void process.stderr.write(`${line}\n`);
        const options = { ...flags, files: filesOf(flags) };
        process.stdout.write(formatResult(await runTraining({ clock: systemClock, tell }, options, signal)));
      }),
    );

const filesOf = ({ from, events = [] }: Flags): TrainingFile[] => {
  if (events.length > 0 && events.length !== from.length)
    throw new BellwetherError(
      'invalid_input',
      `--from is given ${from.length} times and --events ${events.length} times: give one for each, or none`,
    );
  return from.map((data, i) => ({ data, events: events[i] }));
};

const formatResult = ({ version, curve, verdict, isPromoted }: TrainingResult): string => {
  const points = curve.map(
    ({ step, loss, laterLoss, laterSeparation }) =>
      `${String(step).padStart(8)}  ${loss.toFixed(4)}  ${laterLoss.toFixed(4)}  ${(100 * laterSeparation).toFixed(1)} %`,
  );
  return `${['    step    loss   later  set apart', ...points].join('\n')}\nmodel ${version} ${isPromoted ? 'promoted' : 'kept, not promoted'}: ${verdict.reason}\n`;
};
