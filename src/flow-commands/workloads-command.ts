import { Command } from 'commander';
import { wholeNumber } from '../command-line/index.ts';
import { conversationOf, createWorkloadWatch, readFlows, statisticPlace } from '../flows/index.ts';
import { runProcess } from '../platform/index.ts';
import { print, tell } from './hosts.ts';
import { createProblemLog } from './problem-log.ts';

interface Flags {
  readonly port: number;
}

/** The largest report of a flow: it stays the same however long the connection is. */
const SIZE = statisticPlace('Fwd Packet Length Max')!;

const run = async (file: string, { port }: Flags): Promise<void> => {
  const watch = createWorkloadWatch();
  const problems = createProblemLog(tell);
  let [flows, signs] = [0, 0];
  const reader = await readFlows(file, [], {
    problem: (problem) => problems.add(file, problem),
    flow: (flow) => {
      const { client, service, port: own } = conversationOf(flow);
      if (own !== port) return;
      flows++;
      for (const sign of watch.observe({ pair: `${client} ${service}`, timeMs: flow.startMs, bytes: flow.statistics[SIZE]! })) {
        signs++;
        print(`${JSON.stringify(sign)}\n`);
      }
    },
  });
  problems.finish(file, reader);
  tell(`${signs} signs in ${flows} flows to port ${port}; this is an experiment, and other things change these sizes too`);
};

/** `bellwether flows workloads`. */
export const workloadsFlowsCommand = (): Command =>
  new Command('workloads')
    .description('Experimental: signs that workloads were made or removed, from the sizes of control-plane flows alone, as JSON lines.')
    .argument('<file>', 'flow file, in order of time')
    .option('--port <number>', 'service port of the control plane', wholeNumber(1, 65_535), 6443)
    .addHelpText('after', '\nExit codes: 0 done, 1 failed, 2 wrong command line or input file.')
    .action((file: string, flags: Flags) => runProcess(() => run(file, flags)));
