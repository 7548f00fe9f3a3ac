import { seededRandom } from '../platform/index.ts';
import { alertAbout, approvedBy, createMitigationStage } from './mitigation-stage.ts';

/** What one generated history came to. */
export interface HistoryResult {
  readonly applied: number;
  readonly refused: number;
  readonly restarts: number;
  /** Rules that were broken, in words; none where all held. */
  readonly broken: readonly string[];
}

const GLOBAL = 3;
const PER_NAMESPACE = 2;
const TTL_SECONDS = 300;
const NAMESPACES = ['shop', 'shop-2', 'quiet', 'kube-system'] as const;

/** Thrown by a write: the process died there. */
class Killed extends Error {}

/**
 * Lives through alerts, requests by hand, approvals, deaths of the process in the middle of writes, lost answers of the API server and of
 * Prometheus, and jumps of the wall clock; after each step it checks what must always hold. The same seed gives the same history.
 */
export const liveThrough = async (seed: number, steps: number): Promise<HistoryResult> => {
  const random = seededRandom(seed);
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)]!;
  const stage = createMitigationStage({
    style: pick(['object', 'field'] as const),
    routes: 8,
    options: {
      budget: { global: GLOBAL, perNamespace: PER_NAMESPACE, routeShare: 1, cooldownMs: 60_000, flapCycles: 3, flapWindowMs: 600_000 },
      approval: { expiresMs: 120_000, autoScore: 2 },
    },
  });
  const broken: string[] = [];
  /** By the clock that only rises: when an object was first seen. */
  const firstSeen = new Map<string, number>();
  let made = 0;
  let restarts = 0;
  const changed = () =>
    [...stage.cluster.all('Limit'), ...stage.cluster.all('FakeRoute')].filter(
      ({ metadata }) => metadata.labels?.['bellwether.dev/mitigation-managed'] === 'true',
    );
  const check = (): void => {
    const objects = changed();
    if (objects.length > GLOBAL) broken.push(`${objects.length} objects are changed, ${GLOBAL} may be`);
    for (const namespace of NAMESPACES) {
      const near = objects.filter(({ metadata }) => metadata.namespace === namespace).length;
      if (near > PER_NAMESPACE) broken.push(`${near} objects in ${namespace}, ${PER_NAMESPACE} may be`);
      if (near > 0 && namespace === 'kube-system') broken.push('a protected namespace was touched');
    }
    const now = new Set(
      objects.map(
        ({ kind, metadata }) => `${kind} ${metadata.namespace}/${metadata.name} ${metadata.labels?.['bellwether.dev/mitigation-name']}`,
      ),
    );
    for (const key of firstSeen.keys()) if (!now.has(key)) firstSeen.delete(key);
    for (const key of now) {
      const seenMs = firstSeen.get(key) ?? stage.clock.monotonicMs();
      firstSeen.set(key, seenMs);
      // A clock that was set back, and a process that died and forgot: at most one more life.
      const ageMs = stage.clock.monotonicMs() - seenMs;
      if (ageMs > (1 + restarts) * TTL_SECONDS * 1000 + 60_000) broken.push(`${key} has lived for ${ageMs} ms`);
    }
  };
  const fresh = stage.answers['time() - max(timestamp(anomaly_score'];
  const round = async (): Promise<void> => {
    const before = stage.transitions.length;
    const isFresh = stage.answers['time() - max(timestamp(anomaly_score'] === fresh;
    await stage.engine.round().catch((error: unknown) => {
      if (!(error instanceof Killed)) throw error;
    });
    for (const { mitigation, to } of stage.transitions.slice(before))
      if (to.phase === 'Applying' && mitigation.spec.alert && !isFresh)
        broken.push(`${mitigation.metadata.name} began without a fresh signal`);
    check();
  };

  for (let i = 0; i < steps; i++) {
    const kind = random();
    const namespace = pick(NAMESPACES);
    const number = Math.floor(random() * 8);
    const names = stage.cluster.all('Mitigation').map(({ metadata }) => [metadata.name, metadata.namespace ?? ''] as const);
    if (kind < 0.35) {
      const byAlert = random() < 0.6;
      stage.ask(
        `m${made++}`,
        {
          target: { kind: 'FakeRoute', name: `route-${number}` },
          ttlSeconds: TTL_SECONDS,
          ...(byAlert ? { alert: alertAbout(`workload-${number}`) } : { approval: approvedBy('ann', stage.clock) }),
        },
        namespace,
      );
    } else if (kind < 0.45 && names.length > 0) {
      const [name, where] = pick(names);
      stage.change(
        name,
        random() < 0.5 ? { revoked: approvedBy('ann', stage.clock) } : { approval: approvedBy('ann', stage.clock) },
        where,
      );
    } else if (kind < 0.55) {
      // Dies at the n-th write of the next round.
      let left = Math.floor(random() * 6);
      stage.cluster.onWrite = () => {
        if (left-- <= 0) throw new Killed('killed');
      };
      await round();
      stage.cluster.onWrite = () => undefined;
      stage.restart();
      restarts++;
    } else if (kind < 0.62) stage.clock.jump((random() - 0.5) * 7_200_000);
    else if (kind < 0.68) stage.answers['time() - max(timestamp(anomaly_score'] = pick([fresh, undefined, 500]);
    else if (kind < 0.72 && names.length > 0) {
      const [name, where] = pick(names);
      await stage.cluster.client.delete({ apiVersion: 'bellwether.dev/v1alpha1', kind: 'Mitigation', name, namespace: where });
    } else stage.clock.advance(random() * 60_000);
    stage.accept();
    await round();
  }
  // Whatever happened: after the longest life everything is back as it was.
  stage.answers['time() - max(timestamp(anomaly_score'] = undefined;
  await round();
  for (let i = 0; i < 4; i++) {
    stage.clock.advance(TTL_SECONDS * 500);
    await round();
  }
  const left = changed();
  if (left.length > 0) broken.push(`left behind: ${left.map(({ kind, metadata }) => `${kind} ${metadata.name}`).join(', ')}`);
  const applied = stage.transitions.filter(({ to }) => to.phase === 'Applied').length;
  return { applied, refused: stage.transitions.filter(({ guard }) => guard !== undefined).length, restarts, broken };
};
