// Dies at every border of a limit of every back-end, and lets everybody who could come back do so; each border once by SIGKILL. [--seed N] [--back-ends A,B]
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { seededRandom } from '../src/platform/index.ts';
import { realProgram } from '../test/integration/real-program.ts';
import { BACK_END_CASES } from '../test/integration/support/mitigation/back-end-cases.ts';
import {
  COMEBACKS,
  type Death,
  dieAndComeBack,
  dieHere,
  type FirstLife,
  type Step,
  shownDeath,
  stepsOf,
  TTL_MS,
} from '../test/integration/support/mitigation/crash-matrix.ts';
import { startMitigationCluster } from '../test/integration/support/mitigation/mitigation-cluster.ts';
import { printBar, printHead } from './report.ts';

const KILLED = fileURLToPath(new URL('../test/integration/support/mitigation/killed-engine.ts', import.meta.url));

const { values } = parseArgs({ options: { seed: { type: 'string', default: '1' }, 'back-ends': { type: 'string' } } });
const seed = Number(values.seed);
const names = values['back-ends']?.split(',') ?? BACK_END_CASES.map(({ backEnd }) => backEnd);
const cases = BACK_END_CASES.filter(({ backEnd }) => names.includes(backEnd));
const programs = ['etcd', 'kube-apiserver', 'kubectl'].map((name) => {
  const path = realProgram(name);
  if (path === undefined) throw new Error(`needs ${name}: npm run tools -- ${name}`);
  return path;
});
await printHead({ bench: 'soak mitigation-crashes', seed });

const dieBySignal: FirstLife = async ({ plane, clock }, { at, time }: Step) => {
  const args = ['--import', 'tsx', KILLED, plane.kubeconfig, String(clock.nowMs()), String(TTL_MS), at, String(time)];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  child.stdout.on('data', (part: Buffer) => {
    said += part.toString();
  });
  const [, signal] = (await once(child, 'close')) as [number | null, string | null];
  if (signal !== 'SIGKILL') throw new Error(`nobody passed ${at} for the ${time}. time`);
  if (said.includes('in force')) clock.advance(TTL_MS);
};

const cluster = await startMitigationCluster(programs);
const random = seededRandom(seed);
let [deaths, kills, broken] = [0, 0, 0];
const live = async (death: Death, firstLife: FirstLife): Promise<void> => {
  try {
    await dieAndComeBack(cluster, death, firstLife);
  } catch (thrown) {
    broken++;
    console.log(`${shownDeath(death)}: ${thrown instanceof Error ? thrown.message : String(thrown)}`);
    await cluster.clear(death.of.git);
  }
};
try {
  for (const of of cases) {
    const steps = await stepsOf(cluster, of);
    for (const step of steps) {
      for (const comeback of COMEBACKS) {
        await live({ ...step, of, comeback }, dieHere);
        deaths++;
      }
      const comeback = COMEBACKS[Math.floor(random() * COMEBACKS.length)]!;
      await live({ ...step, of, comeback }, dieBySignal);
      kills++;
    }
    console.log(`${of.backEnd}: ${steps.map(({ at, time }) => (time > 1 ? `${at} (${time})` : at)).join(', ')}`);
  }
} finally {
  await cluster.stop();
}
const met = [
  printBar({ name: 'back-ends', value: cases.length, unit: '', atLeast: names.length }),
  printBar({ name: 'deaths within the process', value: deaths, unit: '', atLeast: cases.length * 9 * COMEBACKS.length }),
  printBar({ name: 'deaths by SIGKILL', value: kills, unit: '', atLeast: cases.length * 9 }),
  printBar({ name: 'deaths after which something was left, doubled or changed', value: broken, unit: '', atMost: 0 }),
];
if (met.includes(false)) process.exitCode = 1;
