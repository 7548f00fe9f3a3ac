import { ApiObject, Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import type { CustomResourceDeclaration, CustomResourceVersion, PrinterColumn } from '../../conventions/index.ts';
import type { Bundle } from '../options/bundle.ts';
import { commonLabels, NO_SUBSTITUTION, wave } from './labels.ts';

/** What tells a person, and a selector, that an object outlives the bundle. */
export const KEEP_LABEL = { 'bellwether.dev/keep': 'true' } as const;
/** Taking a kind away takes all objects of it away, also those that users wrote: no tool may do that in passing. */
const KEPT = {
  'argocd.argoproj.io/sync-options': 'Prune=false,Delete=false',
  'kustomize.toolkit.fluxcd.io/prune': 'disabled',
  'helm.sh/resource-policy': 'keep',
} as const;

const column = ({ name, type, jsonPath, description, wide }: PrinterColumn) => ({
  name,
  type,
  jsonPath,
  ...(description === undefined ? {} : { description }),
  ...(wide ? { priority: 1 } : {}),
});

const version = ({ name, stored, deprecation, schema, hasStatus, columns = [] }: CustomResourceVersion) => ({
  name,
  served: true,
  storage: stored,
  ...(deprecation === undefined ? {} : { deprecated: true, deprecationWarning: deprecation }),
  schema: { openAPIV3Schema: schema },
  ...(hasStatus ? { subresources: { status: {} } } : {}),
  ...(columns.length > 0 ? { additionalPrinterColumns: columns.map(column) } : {}),
});

/** All kinds of ours that the processes of the bundle bring. */
export const customResources = ({ processes }: Bundle): readonly CustomResourceDeclaration[] =>
  processes.flatMap(({ declaration }) => declaration.customResources ?? []);

/** First of all waves. Kinds belong to the cluster, not to one installation, so their names hold none of ours. */
export const addCustomResourceChart = (scope: Construct, bundle: Bundle): Chart => {
  const chart = new Chart(scope, 'custom-resources', { disableResourceNameHashes: true });
  for (const { group, kind, plural, singular, shortNames = [], scope: reach, versions } of customResources(bundle))
    new ApiObject(chart, plural, {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: {
        name: `${plural}.${group}`,
        labels: { ...commonLabels(bundle), ...KEEP_LABEL },
        // Patterns end in a dollar sign.
        annotations: { ...wave('foundation'), ...KEPT, ...NO_SUBSTITUTION },
      },
      spec: {
        group,
        scope: reach,
        conversion: { strategy: 'None' },
        names: {
          kind,
          listKind: `${kind}List`,
          plural,
          singular,
          ...(shortNames.length > 0 ? { shortNames: [...shortNames] } : {}),
          categories: ['bellwether'],
        },
        versions: versions.map(version),
      },
    });
  return chart;
};
