// Lives through generated histories of alerts, deaths of the process and clock jumps; the budget of mitigations must hold in each.
import { liveThrough } from '../src/testing/mitigation-history.ts';
import { printBar, printHead } from './report.ts';

const flag = (name: string, fallback: number): number => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? fallback : Number(process.argv[at + 1]);
};
const [seed, histories, steps] = [flag('seed', 1), flag('histories', 10_000), flag('steps', 25)];

await printHead({
  bench: 'mitigation-histories',
  seed,
  inputs: [{ name: 'histories', source: { text: `${seed}/${histories}/${steps}` } }],
});
const sum = { applied: 0, refused: 0, restarts: 0, broken: 0 };
for (let i = 0; i < histories; i++) {
  const { applied, refused, restarts, broken } = await liveThrough(seed + i, steps);
  sum.applied += applied;
  sum.refused += refused;
  sum.restarts += restarts;
  sum.broken += broken.length > 0 ? 1 : 0;
  for (const what of broken) console.log(`history ${seed + i}: ${what}`);
}
printBar({ name: 'histories', value: histories, unit: '' });
printBar({ name: 'mitigations applied', value: sum.applied, unit: '' });
printBar({ name: 'mitigations held back by a guard', value: sum.refused, unit: '' });
printBar({ name: 'deaths of the process', value: sum.restarts, unit: '' });
printBar({ name: 'histories in which a rule was broken', value: sum.broken, unit: '', atMost: 0 });
if (sum.broken > 0) process.exitCode = 1;
