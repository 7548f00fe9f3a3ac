// Turns the Middleware of a real Traefik 3.5, floods it, and turns it back. [--seed N] [--seconds N]
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parseArgs } from 'node:util';
import { afterChange, backEndOf, changesOf, clusterOf, intentOf } from '../src/testing/mitigation-builders.ts';
import { realProgram } from '../test/integration/real-program.ts';
import { type LoadResult, runLoad } from '../test/integration/support/data-plane/load.ts';
import { startTraefik } from '../test/integration/support/data-plane/traefik.ts';
import { BACK_END_CASES } from '../test/integration/support/mitigation/back-end-cases.ts';
import { printBar, printHead } from './report.ts';

const { values } = parseArgs({ options: { seed: { type: 'string', default: '1' }, seconds: { type: 'string', default: '10' } } });
const seconds = Number(values.seconds);
const program = realProgram('traefik');
if (program === undefined) throw new Error('needs traefik: npm run tools -- traefik');
await printHead({ bench: 'soak traefik-limit', seed: Number(values.seed) });

const upstream = createServer((_, response) => response.end('served'));
await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve));
const { git } = BACK_END_CASES.find(({ backEnd }) => backEnd === 'traefik')!;
const dial = git.find(({ kind }) => kind === 'Middleware')!;
const view = clusterOf(...git);
const target = { kind: 'IngressRoute', namespace: 'shop', name: 'cart' };
const turned = afterChange(changesOf(backEndOf('traefik'), intentOf({ target }), view)[0]!, view);

const traefik = await startTraefik(program, (upstream.address() as AddressInfo).port, dial);
const load = (from: string, requestsPerSecond: number, during: number): Promise<LoadResult> =>
  runLoad({ port: traefik.port, path: '/cart', from, requestsPerSecond, seconds: during });
const passed = ({ answers }: LoadResult): number => answers.get(200) ?? 0;

const share = (name: string, result: LoadResult): boolean =>
  printBar({ name, value: (100 * passed(result)) / result.sent, unit: '%', atLeast: 100 });

try {
  const met = [share('let through by the dial before', await load('127.0.0.2', 1000, 1))];
  await traefik.reload(turned);
  const [flood, polite] = await Promise.all([load('127.0.0.2', 1000, seconds), load('127.0.0.3', 5, seconds / 2)]);
  const expected = 50 + 10 * flood.seconds;
  const name = `of ${flood.sent} in ${flood.seconds.toFixed(2)} s let through`;
  met.push(printBar({ name, value: passed(flood), unit: 'requests', atLeast: expected - 3, atMost: expected + 3 }));
  met.push(
    printBar({
      name: 'the others answered with 429',
      value: flood.answers.get(429) ?? 0,
      unit: 'requests',
      atLeast: flood.sent - passed(flood),
    }),
  );
  met.push(share('of a polite client let through', polite));
  await traefik.reload(dial);
  met.push(share('let through once it is turned back', await load('127.0.0.2', 1000, 1)));
  if (met.includes(false)) process.exitCode = 1;
} finally {
  await traefik.stop();
  upstream.closeAllConnections();
  upstream.close();
}
