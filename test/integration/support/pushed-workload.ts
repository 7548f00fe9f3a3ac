import { sleep } from '../remote-read-fixture.ts';

export interface PushedWorkload {
  readonly namespace: string;
  readonly workload: string;
  readonly kind: string;
}

const TIMEOUT_MS = 40_000;
const PAUSE_MS = 400;
const CORES = 0.3;

/** Pushes CPU, memory and owner of one pod until `isEnough`. Gives back the number of batches. */
export const pushUntil = async (
  api: string,
  token: string,
  { namespace, workload, kind }: PushedWorkload,
  isEnough: () => Promise<boolean>,
  timeoutMs = TIMEOUT_MS,
): Promise<number> => {
  const pod = { namespace, pod: `${workload}-0` };
  const container = { ...pod, container: 'app' };
  const owner = { owner_kind: kind, owner_name: workload, owner_is_controller: 'true' };
  const startMs = Date.now();
  for (let batch = 1; Date.now() < startMs + timeoutMs; batch++, await sleep(PAUSE_MS)) {
    const timeSeconds = Date.now() / 1000;
    const series = [
      { metric: 'container_cpu_usage_seconds_total', labels: container, value: CORES * (timeSeconds - startMs / 1000) },
      { metric: 'container_memory_working_set_bytes', labels: container, value: 2e8 },
      { metric: 'kube_pod_owner', labels: { ...pod, ...owner }, value: 1 },
    ].map(({ metric, labels, value }) => ({ metric, labels, samples: [[timeSeconds, value]] }));
    const answer = await fetch(`${api}/api/v1/ingest`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({ id: `batch-${batch}`, series }),
    });
    if (answer.status !== 202) throw new Error(`a pushed batch was answered ${answer.status}: ${await answer.text()}`);
    if (await isEnough()) return batch;
  }
  throw new Error(`no score of what was pushed within ${timeoutMs / 1000} s`);
};
