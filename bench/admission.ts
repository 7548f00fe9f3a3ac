// Admission: reviews of 4 kB over HTTPS by all policies, beside the same server without any; start, memory, a 3 MiB object. --seconds N
import { parseArgs } from 'node:util';
import { createPolicySet, policyPack } from '../src/policy/index.ts';
import { runLoad } from './admission/closed-loop.ts';
import { deploymentReview, largeReview } from './admission/reviews.ts';
import { type BenchServer, buildProgram, startServer } from './admission/server.ts';
import { printBar, printHead } from './report.ts';

const { values } = parseArgs({ options: { seconds: { type: 'string', default: '10' } } });
const seconds = Number(values.seconds);
const body = deploymentReview(4096);
const large = largeReview(3 << 20);
await printHead({
  bench: 'admission',
  inputs: [
    { name: 'review of 4 kB', source: { text: body } },
    { name: 'review of 3 MiB', source: { text: large } },
  ],
});

/** Every policy off: what the server itself costs. */
const strict = createPolicySet(policyPack(), { profile: 'strict' }).policies;
const none = { profile: 'baseline', policies: Object.fromEntries(policyPack().map(({ id }) => [id, { action: 'off' }])) };
const program = buildProgram();
const full = await startServer(program, { profile: 'strict' });
const empty = await startServer(program, none);

const load = (server: BenchServer, connections: number, text = body, time = seconds) =>
  runLoad({ url: server.url, ca: server.ca, body: text, connections, seconds: time });

try {
  console.log(`policies: ${strict.length}`);
  printBar({ name: 'start until ready', value: full.startMs / 1000, unit: 's', atMost: 2 });
  // Compiled first, both.
  for (const server of [full, empty]) await load(server, 10, body, Math.min(3, seconds));
  for (const connections of [10, 50]) {
    // Alternating within one run, because the machine may have other work.
    const nothing = await load(empty, connections);
    const before = full.cpuSeconds();
    const all = await load(full, connections);
    const cpu = full.cpuSeconds() - before;
    const bars = connections === 10 ? { p50: 3, p99: 25 } : { p50: undefined, p99: 100 };
    const name = (what: string): string => `${connections} connections, ${what}`;
    printBar({ name: name('p50'), value: all.p50Ms, unit: 'ms', ...(bars.p50 === undefined ? {} : { atMost: bars.p50 }) });
    printBar({ name: name('p99'), value: all.p99Ms, unit: 'ms', atMost: bars.p99 });
    printBar({ name: name('reviews'), value: all.perSecond, unit: '1/s', ...(connections === 50 ? { atLeast: 1000 } : {}) });
    printBar({ name: name('CPU per review'), value: (cpu * 1000) / (all.perSecond * seconds), unit: 'ms' });
    printBar({ name: name('failures'), value: all.failures + nothing.failures, unit: '', atMost: 0 });
    printBar({ name: name('without policies, p50'), value: nothing.p50Ms, unit: 'ms' });
    printBar({ name: name('without policies, p99'), value: nothing.p99Ms, unit: 'ms' });
    printBar({ name: name('without policies, reviews'), value: nothing.perSecond, unit: '1/s' });
  }
  printBar({ name: 'memory after the load', value: full.residentMb(), unit: 'MB', atMost: 200 });
  const big = await load(full, 1, large, Math.min(5, seconds));
  printBar({ name: '3 MiB object, p50', value: big.p50Ms, unit: 'ms' });
  printBar({ name: '3 MiB object, failures', value: big.failures, unit: '', atMost: 0 });
  printBar({ name: 'memory after 3 MiB objects', value: full.residentMb(), unit: 'MB' });
} finally {
  await full.stop();
  await empty.stop();
}
