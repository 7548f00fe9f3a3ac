import { WAVES } from '../../../../src/synth/charts/labels.ts';
import { objectsOf, type StoredObject } from '../applied-bundle.ts';
import { until } from '../until.ts';
import type { ArgoEngine } from './argo-engine.ts';
import type { Flux } from './flux.ts';
import type { GitopsCluster } from './gitops-cluster.ts';

const WAVE = 'argocd.argoproj.io/sync-wave';
const SERVICE = ['service', 'bellwether-exporter', '-n', 'bellwether'];
const PRUNE_MS = 240_000;
/** A CA as a process or cert-manager writes it; any bytes do. */
const CA = Buffer.from('-----BEGIN CERTIFICATE-----\ntest\n-----END CERTIFICATE-----\n').toString('base64');

const demand = (holds: boolean, what: string): void => {
  if (!holds) throw new Error(what);
};

const created = (objects: readonly StoredObject[], wave: string): number[] =>
  objects
    .filter(({ metadata }) => metadata.annotations?.[WAVE] === wave)
    .map(({ metadata }) => Date.parse((metadata as StoredObject['metadata'] & { creationTimestamp: string }).creationTimestamp));

/** Nothing of a wave is older than anything of the wave before. */
const demandOrder = (objects: readonly StoredObject[]): void => {
  const waves = Object.entries(WAVES)
    .sort(([, a], [, b]) => Number(a) - Number(b))
    .map(([name, wave]) => ({ name, times: created(objects, wave) }))
    .filter(({ times }) => times.length > 0);
  for (const [i, { name, times }] of waves.entries()) {
    const before = waves[i - 1];
    if (before) demand(Math.max(...before.times) <= Math.min(...times), `${name} began before ${before.name} was there`);
  }
};

/** What a sync under test does, however often its engine has to look. */
interface Synchroniser {
  /** Until all is there and well. */
  bring(): Promise<void>;
  again(): Promise<void>;
  /** Until the probe holds. */
  heal(probe: () => boolean): Promise<void>;
  remove(): Promise<void>;
}

/**
 * The life of an overlay: all objects come; a second sync writes nothing; a hand edit and a deletion are healed; what others write is left alone;
 * at the end everything of ours goes, and nothing else.
 */
const live = async (cluster: GitopsCluster, text: string, sync: Synchroniser): Promise<void> => {
  const { plane, stored, versions, isGone } = cluster;
  await sync.bring();
  const objects = stored(text) ?? [];
  demand(objects.length === objectsOf(text).length, `${objects.length} of ${objectsOf(text).length} objects are there`);

  await sync.again();
  const before = versions(text);
  await sync.again();
  demand(JSON.stringify(versions(text)) === JSON.stringify(before), 'a sync without news has written something');

  const selector = (): string => plane.kubectl(['get', ...SERVICE, '-o', 'jsonpath={.spec.selector}']);
  const wanted = selector();
  plane.kubectl(['patch', ...SERVICE, '--type=merge', '-p', '{"spec":{"selector":{"app.kubernetes.io/name":"mine"}}}']);
  plane.kubectl(['delete', 'configmap', 'bellwether-exporter', '-n', 'bellwether']);
  const hook = objects.find(({ kind }) => kind === 'ValidatingWebhookConfiguration');
  if (hook) writeCa(cluster, hook);
  await sync.heal(() => selector() === wanted && stored(text)?.length === objects.length);
  if (hook) demand(caOf(cluster, hook) === CA, 'the CA that a controller has written is gone');

  plane.kubectl(['create', 'configmap', 'mine', '-n', 'monitoring']);
  await sync.remove();
  demand(isGone(text) === true, 'something of ours is left');
  demand(plane.kubectl(['get', 'configmap', 'mine', '-n', 'monitoring', '-o', 'name']).includes('mine'), 'somebody else lost an object');
  plane.kubectl(['delete', 'configmap', 'mine', '-n', 'monitoring']);
};

/** As the process does it: server-side apply of this one field under a field manager of its own. */
const writeCa = ({ plane }: GitopsCluster, { apiVersion, kind, metadata, webhooks }: StoredObject): void => {
  const named = (webhooks as readonly { readonly name: string }[]).map(({ name }) => ({ name, clientConfig: { caBundle: CA } }));
  const patch = { apiVersion, kind, metadata: { name: metadata.name }, webhooks: named };
  plane.kubectl(['apply', '--server-side', '--field-manager=bellwether-gate', '--validate=false', '-f', '-'], JSON.stringify(patch));
};

const caOf = ({ plane }: GitopsCluster, { metadata }: StoredObject): string =>
  plane.kubectl(['get', 'validatingwebhookconfiguration', metadata.name, '-o', 'jsonpath={.webhooks[0].clientConfig.caBundle}']);

/** The life of a rendered overlay under Argo CD's engine, in the order of its waves. */
export const liveUnderArgo = async (cluster: GitopsCluster, engine: ArgoEngine, text: string): Promise<void> => {
  const synchronise = async (manifests: string): Promise<void> => {
    const { done, error } = await engine.synchronise(manifests);
    demand(done, `a synchronisation did not come to its end: ${error}`);
  };
  await live(cluster, text, {
    bring: async () => {
      await synchronise(text);
      demandOrder(cluster.stored(text) ?? []);
    },
    again: () => synchronise(text),
    heal: async (probe) => {
      await synchronise(text);
      demand(probe(), 'a hand edit or a deletion is not healed');
    },
    remove: async () => {
      await synchronise('');
      await until('pruned objects', () => cluster.isGone(text), { timeoutMs: PRUNE_MS, everyMs: 500 });
    },
  });
};

/** The life of an overlay of a published tree under Flux. */
export const liveUnderFlux = async (cluster: GitopsCluster, flux: Flux, overlay: string, text: string): Promise<void> => {
  await live(cluster, text, {
    bring: () => flux.reconcile(overlay),
    again: () => flux.reconcile(overlay),
    heal: async (probe) => {
      await flux.reconcile(overlay);
      demand(probe(), 'a hand edit or a deletion is not healed');
    },
    remove: async () => {
      flux.remove();
      await until('pruned objects', () => cluster.isGone(text), { timeoutMs: PRUNE_MS, everyMs: 1000 });
    },
  });
};
