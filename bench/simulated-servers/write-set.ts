// A set of simulated servers as recordings with their labelled faults.
import { createWriteStream, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import type { PairPaths } from '../../src/evaluation/index.ts';
import { SERVER_STEP_SECONDS, type Server } from './server.ts';

/** A Monday. */
const START_SECONDS = Date.UTC(2026, 2, 2) / 1000;
const NAMESPACE = 'servers';
const DIGITS = 6;

function* textOf(server: Server): Generator<string> {
  const width = server.metrics.length;
  for (const [m, metric] of server.metrics.entries()) {
    yield `# TYPE ${metric} gauge\n# HELP ${metric} A metric of a simulated server.\n`;
    let lines = '';
    for (let minute = 0; minute < server.minutes; minute++) {
      const value = server.values[minute * width + m]!;
      if (!Number.isNaN(value))
        lines += `${metric}{namespace="${NAMESPACE}",workload="${server.name}"} ${Number(value.toPrecision(DIGITS))} ${START_SECONDS + minute * SERVER_STEP_SECONDS}\n`;
    }
    yield lines;
  }
  yield '# EOF\n';
}

const secondsOf = (minute: number): number => START_SECONDS + minute * SERVER_STEP_SECONDS;

/** Writes SERVER.om.gz and SERVER.events.json into a folder. */
export const writeServer = async (dir: string, server: Server, cleanDays: number): Promise<PairPaths> => {
  const paths = { data: join(dir, `${server.name}.om.gz`), events: join(dir, `${server.name}.events.json`) };
  await pipeline(Readable.from(textOf(server)), createGzip({ level: 1 }), createWriteStream(paths.data));
  const events = server.events.map(({ from, to, kind, metrics }, i) => ({
    id: `${server.name}-${i + 1}`,
    namespace: NAMESPACE,
    workload: server.name,
    start: secondsOf(from),
    end: secondsOf(to),
    kind,
    metrics: metrics.map((m) => server.metrics[m]),
  }));
  const file = {
    set: 'simulated-servers',
    split: server.name,
    step_seconds: SERVER_STEP_SECONDS,
    clean_until: secondsOf(cleanDays * 1440),
    entities: [{ namespace: NAMESPACE, workload: server.name }],
    events,
  };
  writeFileSync(paths.events, `${JSON.stringify(file, undefined, 1)}\n`);
  return paths;
};
