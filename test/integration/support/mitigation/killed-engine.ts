import { BACK_ENDS } from '../../../../src/mitigation/index.ts';
import { connectToCluster, createKubernetesClient } from '../../../../src/platform/index.ts';
import { createTwoHandClock } from '../../../../src/testing/mitigation-stage.ts';
import { beginLife } from './limit-stage.ts';

// A process of its own that ends itself by SIGKILL at a border: nothing of it is left to tidy up. Arguments: kubeconfig, start, TTL, border, time.
const [kubeconfig = '', startMs, ttlMs, at = '', time] = process.argv.slice(2);
const client = createKubernetesClient(await connectToCluster({ kubeconfig }));
const clock = createTwoHandClock(Number(startMs));
const { engine } = beginLife(client, clock, {
  backEnds: BACK_ENDS,
  dies: { at, time: Number(time) },
  die: () => void process.kill(process.pid, 'SIGKILL'),
});
await engine.round();
process.stdout.write('in force\n');
clock.advance(Number(ttlMs));
await engine.round();
await client.close();
