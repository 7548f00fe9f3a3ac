import { isDeepStrictEqual } from 'node:util';
import { MITIGATION_ANNOTATIONS, MITIGATION_BACK_ENDS, MITIGATION_LABELS } from '../../../../src/conventions/index.ts';
import { BACK_ENDS, type Mitigation, reap } from '../../../../src/mitigation/index.ts';
import { type KubernetesObject, nameOfObject } from '../../../../src/platform/index.ts';
import { type BackEndCase, wishOfCase } from './back-end-cases.ts';
import { beginLife, type EngineLife, MITIGATION, shape } from './limit-stage.ts';
import type { MitigationCluster } from './mitigation-cluster.ts';

const SECOND = 1000;
/** The shortest life of a limit. */
export const TTL_MS = 60_000;
const NAME = 'crash';
const KINDS = Object.values(MITIGATION_BACK_ENDS).flatMap(({ writes }) => writes);

/** Who is there after a death: the reaper alone, the next process, the next process after somebody deleted the Mitigation, or both at the end. */
export const COMEBACKS = ['reaper', 'next', 'deleted', 'both'] as const;

/** A border of an effect, by how often it is passed in a life. */
export interface Step {
  readonly at: string;
  readonly time: number;
}

export interface Death extends Step {
  readonly of: BackEndCase;
  readonly comeback: (typeof COMEBACKS)[number];
}

/** Lives the first part of a life until it dies; the clock of the cluster is then at the end of the limit, or before it. */
export type FirstLife = (cluster: MitigationCluster, step: Step) => Promise<void>;

const demand = (holds: boolean, what: string): void => {
  if (!holds) throw new Error(what);
};
const quietly = async (work: () => Promise<unknown>): Promise<void> => void (await work().catch(() => undefined));
const begin = (cluster: MitigationCluster, step?: Step, onStep?: (at: string) => void): EngineLife =>
  beginLife(cluster.client, cluster.clock, {
    backEnds: BACK_ENDS,
    ...(step ? { dies: step } : {}),
    ...(onStep ? { onStep } : {}),
  });
const endOfLimit = (cluster: MitigationCluster): void => cluster.clock.advance(TTL_MS);

/** Everything of it but its generation, which counts changes and not what they came to. */
const wishOf = (object: KubernetesObject): unknown => shape({ ...object, metadata: { ...object.metadata, generation: 0 } });

/** What the cluster holds of mitigations. */
const changed = async ({ client }: MitigationCluster, { of }: { readonly of: BackEndCase }): Promise<readonly KubernetesObject[]> => {
  const writes = MITIGATION_BACK_ENDS[of.backEnd]?.writes ?? [];
  const lists = writes.map(({ group, version, kind }) =>
    client.list(
      { apiVersion: group === '' ? version : `${group}/${version}`, kind },
      { labelSelector: `${MITIGATION_LABELS.managed}=true` },
    ),
  );
  return (await Promise.all(lists)).flatMap(({ items }) => items);
};
const read = async ({ client }: MitigationCluster): Promise<Mitigation> =>
  await client.get<Mitigation>({ ...MITIGATION, namespace: 'shop', name: NAME });
const ask = (cluster: MitigationCluster, of: BackEndCase): Promise<void> =>
  cluster.ask(NAME, { backEnd: of.backEnd, target: of.target, ttlSeconds: TTL_MS / SECOND, ...wishOfCase(of) });

/** Dies in this process: from then on not one of its calls gets through. */
export const dieHere: FirstLife = async (cluster, step) => {
  const life = begin(cluster, step);
  await quietly(life.engine.round);
  if (!life.died()) {
    endOfLimit(cluster);
    await quietly(life.engine.round);
  }
  demand(life.died(), `nobody passed ${step.at} for the ${step.time}. time`);
};

/** The borders that one life of a limit passes, in their order. */
export const stepsOf = async (cluster: MitigationCluster, of: BackEndCase): Promise<readonly Step[]> => {
  const steps: Step[] = [];
  await cluster.apply(of.git);
  await ask(cluster, of);
  const life = begin(cluster, undefined, (at) => steps.push({ at, time: steps.filter((step) => step.at === at).length + 1 }));
  await life.engine.round();
  endOfLimit(cluster);
  await life.engine.round();
  await cluster.clear(of.git);
  return steps;
};

/** One death, and what follows: nothing outlives its end by a minute, nothing is left without an owner, nothing is written twice. */
export const dieAndComeBack = async (cluster: MitigationCluster, death: Death, firstLife: FirstLife = dieHere): Promise<void> => {
  const { of, comeback } = death;
  await cluster.apply(of.git);
  const theirs = (): Promise<readonly unknown[]> =>
    Promise.all(of.git.map(async (object) => wishOf(await cluster.client.get(nameOfObject(object)))));
  const before = await theirs();
  const startMs = cluster.clock.nowMs();
  await ask(cluster, of);
  await firstLife(cluster, death);
  const isOver = cluster.clock.nowMs() > startMs;
  const left = await changed(cluster, death);
  demand(left.length <= 1, `${left.length} objects were written`);

  const next = begin(cluster);
  if (comeback === 'deleted') {
    await cluster.client.delete({ ...MITIGATION, namespace: 'shop', name: NAME });
    await next.engine.round();
  } else if (comeback === 'next') {
    await next.engine.round();
    if (!isOver) {
      const [object, ...more] = await changed(cluster, death);
      demand(object !== undefined && more.length === 0, `${more.length + 1} objects where one limit is in force`);
      const { status } = await read(cluster);
      demand(status?.phase === 'Applied', `it is ${status?.phase}: ${status?.message}`);
      demand(status?.expiresAt === object?.metadata.annotations?.['bellwether.dev/mitigation-expires-at'], 'its end was moved');
      const [was] = left;
      const same = was === undefined || was.metadata.resourceVersion === object?.metadata.resourceVersion;
      demand(same, 'what was written already was written again');
      endOfLimit(cluster);
      await next.engine.round();
    }
    await next.engine.round();
  } else {
    if (!isOver) endOfLimit(cluster);
    cluster.clock.advance(SECOND);
    const reaping = reap({ client: cluster.client, clock: cluster.clock }, KINDS, { aheadMs: 0 });
    const together = comeback === 'both' ? quietly(next.engine.round) : undefined;
    const { failed } = await reaping;
    await together;
    // Two that take the same thing back may meet; the next minute has another run.
    if (failed.length > 0) await reap({ client: cluster.client, clock: cluster.clock }, KINDS, { aheadMs: 0 });
  }
  const overdue = (await changed(cluster, death)).filter(
    ({ metadata }) => Date.parse(metadata.annotations?.[MITIGATION_ANNOTATIONS.expiresAt] ?? '') <= cluster.clock.nowMs(),
  );
  demand(overdue.length === 0, 'a limit has outlived its end');

  if (comeback !== 'deleted') {
    // Somebody comes back, and finishes what is written. What had not begun begins now.
    for (let i = 0; i < 3; i++) {
      await quietly(next.engine.round);
      cluster.clock.advance(TTL_MS);
    }
    const { status } = await read(cluster);
    demand(status?.phase === 'Ended', `it is ${status?.phase}: ${status?.message}`);
  }
  demand((await changed(cluster, death)).length === 0, 'something is left');
  demand(isDeepStrictEqual(await theirs(), before), `not as before: ${JSON.stringify([before, await theirs()])}`);
  await cluster.clear(of.git);
};

/** How people name a death. */
export const shownDeath = ({ of, at, time, comeback }: Death): string =>
  `${of.backEnd} at ${at}${time > 1 ? ` (${time})` : ''}, then ${comeback}`;
