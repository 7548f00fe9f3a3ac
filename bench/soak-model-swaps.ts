// Puts one model after another to work while windows are embedded: no answer is lost, and memory does not grow. [--seed N] [--swaps N]
import { parseArgs } from 'node:util';
import { printBar } from './report.ts';
import { swapModels } from './soak-model-swaps/swap-models.ts';

const { values: flags } = parseArgs({ options: { seed: { type: 'string', default: '1' }, swaps: { type: 'string', default: '1000' } } });

/** A model is 17 KB and a session a few megabytes: a leak of one session in ten would be far beyond this. */
const MOST_KB_PER_SWAP = 20;

const { accepted, refused, failures, kbPerSwap, rssMb } = await swapModels({ seed: Number(flags.seed), swaps: Number(flags.swaps) });
const bars = [
  printBar({ name: 'models that came to work', value: accepted, unit: '', atLeast: Number(flags.swaps) }),
  printBar({ name: 'refused', value: refused, unit: '', atMost: 0 }),
  printBar({ name: 'embeddings that failed', value: failures, unit: '', atMost: 0 }),
  printBar({ name: 'RSS slope over the later half', value: kbPerSwap, unit: 'kB per swap', atMost: MOST_KB_PER_SWAP }),
  printBar({ name: 'RSS at the end', value: rssMb, unit: 'MB' }),
];
if (!bars.every(Boolean)) process.exitCode = 1;
