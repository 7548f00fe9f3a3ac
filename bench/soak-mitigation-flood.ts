// A flood against a real nginx until its limit ends by itself: alert, approval, limit, effect, end, on real parts. About two minutes.
import { realProgram } from '../test/integration/real-program.ts';
import { FLOOD_PROGRAMS, liveThroughFlood } from '../test/integration/support/mitigation/flood-stage.ts';
import { printBar, printHead } from './report.ts';

const programs = FLOOD_PROGRAMS.map((name) => {
  const path = realProgram(name);
  if (path === undefined) throw new Error(`needs ${name}: npm run tools -- ${name}`);
  return path;
});
await printHead({ bench: 'soak mitigation-flood' });
const result = await liveThroughFlood(programs, { expires: true });
const bars = [
  printBar({ name: 'let through before the limit', value: result.beforeLimit, unit: '/s', atLeast: 100 }),
  printBar({ name: 'limit', value: result.limit, unit: '/s' }),
  printBar({ name: 'let through under the limit', value: result.underLimit, unit: '/s', atMost: result.limit * 1.5 }),
  printBar({ name: 'requests of a polite client turned away', value: result.politeLost, unit: '', atMost: 0 }),
  printBar({ name: 'approval to limited flood', value: result.secondsToLimit, unit: 's', atMost: 61 }),
  printBar({ name: 'past its end when it was gone', value: result.secondsLate, unit: 's', atMost: 60 }),
  printBar({ name: 'let through after the end', value: result.afterEnd, unit: '/s', atLeast: 100 }),
  printBar({ name: 'masked', value: result.maskSeconds, unit: 's', atLeast: 60 }),
];
console.log(`alert ${result.alertStatus}, limit ended: ${result.endCause}, effective: ${result.effective}`);
if (bars.includes(false) || result.endCause !== 'expired') process.exitCode = 1;
