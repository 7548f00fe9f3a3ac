// Cost of the exporter at 10 k workloads on a real Prometheus, beside recorded anomaly bands on the same server: [PHASE...] [--json FILE]
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { measureColdStart } from './exporter/cold-start.ts';
import { DEFAULT_PROGRAM } from './exporter/exporter-process.ts';
import { type Figure, figureTable, isMissed } from './exporter/figures.ts';
import { measurePeer } from './exporter/peer.ts';
import type { PhaseContext } from './exporter/phase.ts';
import { prometheusVersion } from './exporter/prometheus-process.ts';
import { METRICS } from './exporter/recorded-load.ts';
import { measureRender } from './exporter/render.ts';
import { measureAllTicks } from './exporter/ticks.ts';
import { machineLines, printHead } from './report.ts';

/** An hour for everything; what hangs is ended, its processes and folders with it. */
const MAX_MS = 3_600_000;

const PHASES: Readonly<Record<string, (context: PhaseContext, all: Figure[]) => Promise<void>>> = {
  render: measureRender,
  'cold-start': measureColdStart,
  ticks: measureAllTicks,
  peer: measurePeer,
};

const USAGE = `npm run bench -- exporter [${Object.keys(PHASES).join('] [')}] [--seed N] [--scale X] [--ticks N] [--program FILE] [--profile DIR] [--json FILE]

  phases      those named, else all
  --seed      of the values (1)
  --scale     part of the full size, for a quick look; bars are set for 1
  --ticks     live cycles watched for each setting (8)
  --program   the exporter's script (bin/bellwether.mjs of this checkout)
  --profile   folder for CPU profiles of the exporter (cold-start, ticks)
  --json      file for the figures
Exit code 0 when every bar was reached, 1 when one was missed, 2 for wrong arguments.`;

const readArguments = () => {
  const text = { type: 'string' } as const;
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { seed: text, scale: text, ticks: text, program: text, profile: text, json: text, help: { type: 'boolean' } },
  });
  const unknown = positionals.filter((name) => !(name in PHASES));
  if (unknown.length > 0) throw new Error(`there is no phase ${unknown.join(', ')}`);
  const number = (name: 'seed' | 'scale' | 'ticks', fallback: number): number => {
    const value = Number(values[name] ?? fallback);
    if (!(value > 0)) throw new Error(`--${name} is ${values[name]}, but must be a number above 0`);
    return value;
  };
  return {
    ...values,
    seed: Math.floor(number('seed', 1)),
    scale: number('scale', 1),
    ticks: Math.ceil(number('ticks', 8)),
    phases: positionals,
  };
};

const main = async (): Promise<number> => {
  const args = readArguments();
  if (args.help) {
    console.log(USAGE);
    return 0;
  }
  const ending = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => ending.abort(new Error(`ended by ${name}`)));
  const context: PhaseContext = {
    seed: args.seed,
    scale: args.scale,
    ticks: args.ticks,
    program: args.program ?? DEFAULT_PROGRAM,
    ...(args.profile === undefined ? {} : { profileTo: args.profile }),
    signal: AbortSignal.any([ending.signal, AbortSignal.timeout(MAX_MS)]),
  };
  const versions = { prometheus: await prometheusVersion() };
  await printHead({
    bench: 'exporter',
    seed: args.seed,
    inputs: [
      {
        name: `generated recorded series, scale ${args.scale}`,
        source: { text: JSON.stringify({ METRICS, seed: args.seed, scale: args.scale }) },
      },
    ],
    versions,
  });
  const figures: Figure[] = [];
  for (const name of args.phases.length > 0 ? args.phases : Object.keys(PHASES)) {
    console.log(`\n-- ${name}`);
    await PHASES[name]!(context, figures);
  }
  console.log(`\n${figureTable(figures)}`);
  const missed = figures.filter(isMissed);
  console.log(missed.length === 0 ? '\nevery bar was reached' : `\n${missed.length} missed: ${missed.map(({ name }) => name).join('; ')}`);
  if (args.json !== undefined) {
    const head = { bench: 'exporter', seed: args.seed, scale: args.scale, machine: machineLines(), versions };
    await writeFile(
      args.json,
      `${JSON.stringify({ ...head, figures: figures.map((each) => ({ ...each, missed: isMissed(each) })) }, null, 2)}\n`,
    );
  }
  return missed.length === 0 ? 0 : 1;
};

process.exitCode = await main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  if (error instanceof TypeError && String((error as { code?: string }).code).startsWith('ERR_PARSE_ARGS')) console.error(USAGE);
  return 2;
});
