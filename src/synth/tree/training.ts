import { Chart } from 'cdk8s';
import { retrainDeclaration, trainDeclaration, withModels } from '../../training/declare.ts';
import { addReaders } from '../charts/kube-prometheus-access.ts';
import { addProcessPolicies } from '../charts/network-policies.ts';
import { addProcessChart } from '../charts/process-chart.ts';
import { addSharedClaimChart } from '../charts/shared-claim-chart.ts';
import type { Bundle, Process, Surroundings } from '../options/bundle.ts';
import { parseProcesses } from '../options/parse-process.ts';
import { createOptionSection } from '../options/section.ts';
import { chartManifests } from './core-manifests.ts';
import { type KustomizePatch, patchesFor } from './kustomization.ts';
import type { Manifest } from './manifest.ts';
import { compareManifests, type PatchOperation } from './patch.ts';

interface Part {
  readonly name: string;
  readonly usedBy: readonly [];
  readonly files: ReadonlyMap<string, readonly Manifest[]>;
  readonly patches?: readonly KustomizePatch[];
}

/** A list that grew at its end, item by item: what an overlay changes in the items before then stays as it is. */
const appended = ({ op, path, value }: PatchOperation, base: Manifest): readonly PatchOperation[] => {
  const before = path
    .split('/')
    .slice(1)
    .reduce<unknown>((at, key) => (at as Record<string, unknown>)[key], base);
  if (op !== 'replace' || !Array.isArray(before) || !Array.isArray(value)) return [{ op, path, value }];
  return value.slice(before.length).map((item) => ({ op: 'add', path: `${path}/-`, value: item }));
};

/** What is in the base where the option `training` switches it on, as components for everybody else. */
export const trainingParts = (bundle: Bundle, base: Surroundings): readonly Part[] => {
  const { training } = bundle;
  const exporter = bundle.processes.find(({ declaration }) => declaration.name === 'exporter');
  const hasReceiver = bundle.processes.some(({ declaration }) => declaration.name === 'receiver');
  const cannotShare = (exporter?.shards ?? 1) > 1 && training.storage.accessMode === 'ReadWriteOnce';
  if (training.enabled || !exporter || !hasReceiver || cannotShare) return [];

  const section = createOptionSection({}, 'training', []);
  const declared = [retrainDeclaration(training, bundle.name), trainDeclaration(training)];
  const [retrain, train] = parseProcesses(section, bundle.name, declared) as readonly [Process, Process];
  const reading = { ...exporter, declaration: withModels(exporter.declaration, training.learned) };
  const inside: Bundle = {
    ...bundle,
    processes: [...bundle.processes.map((process) => (process === exporter ? reading : process)), retrain, train],
  };
  const policies = (process: Process): readonly Manifest[] =>
    chartManifests((app) => {
      const chart = new Chart(app, 'policies', { disableResourceNameHashes: true });
      if (bundle.networkPolicies) addProcessPolicies(chart, inside, [process], base);
      return chart;
    });
  const objects = (process: Process): readonly Manifest[] => [
    ...chartManifests((app) => addProcessChart(app, inside, process, base)),
    ...policies(process),
  ];
  const access = chartManifests((app) => {
    const chart = new Chart(app, 'training-access', { disableResourceNameHashes: true });
    addReaders(chart, inside, [retrain, train], base, '-training');
    return chart;
  });
  const { changed, removed } = compareManifests(
    chartManifests((app) => addProcessChart(app, bundle, exporter, base)),
    chartManifests((app) => addProcessChart(app, inside, reading, base)),
  );
  const patches = patchesFor({
    removed,
    changed: changed.map(({ manifest, operations }) => ({
      manifest,
      operations: operations.flatMap((operation) => appended(operation, manifest)),
    })),
  });
  return [
    {
      name: 'training',
      usedBy: [],
      files: new Map([
        ['models', chartManifests((app) => addSharedClaimChart(app, bundle))],
        ['retrain', objects(retrain)],
      ]),
      patches,
    },
    { name: 'training-first', usedBy: [], files: new Map([['train', objects(train)]]) },
    { name: 'training-kube-prometheus', usedBy: [], files: new Map([['training-access', access]]) },
  ];
};
