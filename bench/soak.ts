// `npm run soak` lists the soaks, `npm run soak -- NAME [--seed N] [args]` runs bench/soak-NAME.ts: long runs with random input.
import { machineLines } from './report.ts';
import { runByName } from './run.ts';

const [name, ...args] = process.argv.slice(2);
if (name === undefined || name.startsWith('--')) {
  process.exitCode = runByName('soak-', []);
} else {
  const at = args.indexOf('--seed');
  // A fresh seed each time finds more; it is printed, so that what it finds can be run again.
  const seed = at >= 0 ? String(args[at + 1]) : String(Date.now() % 2 ** 31);
  const rest = at >= 0 ? args.filter((_, i) => i !== at && i !== at + 1) : args;
  if (!/^\d+$/.test(seed)) {
    console.error(`--seed is ${seed}, but must be a whole number`);
    process.exitCode = 2;
  } else {
    console.log(`soak: ${name}, seed ${seed}`);
    for (const line of machineLines()) console.log(line);
    process.exitCode = runByName('soak-', [name, '--seed', seed, ...rest]);
  }
}
