import type { Selector } from '../conventions/index.ts';
import type { CatalogFeature, CatalogInput, FeatureCatalog, Formula, Term } from './catalog.ts';
import { defaultCatalog } from './default-catalog.ts';
import { FEATURE_PACKS } from './feature-packs.ts';
import { recordedCatalog } from './recorded-catalog.ts';

const HEAD = `# Features

<!-- generated from src/features; do not edit: npm run docs -->

What the exporter makes of the series it reads. A feature of a pod is worked out for every pod, and a workload's value is the median
over its pods: scaling does not move it, and the one bad pod is compared with its siblings. A feature of a node has one value per node;
nodes are entities of their own (\`workload_kind="Node"\`).

- A counter becomes a rate per second between the last samples of two steps; a reset in between loses nothing, a gap of more than
  5 steps gives no value.
- Several series of one pod (containers, devices, paths) are combined as the tables say. One of them without a new sample counts with its
  last value for one and a half steps; a feature without any new sample is missing, never 0. Keep the step at or above the scrape interval.
- A ratio divides sums. \`0 / 0\` is missing. A share of a limit leaves out containers that have no limit.
- Restarts, OOM kills and waiting reasons are signals of their own beside the features, and never averaged.
- On a pod that uses the host's network, cAdvisor counts what the whole node moves.

The catalogue \`raw\` reads cAdvisor, kube-state-metrics, node_exporter and the applications as they are. \`recorded\` gives the same
features from the recording rules of the bundle, one series per pod and feature. Features of your own are added in the configuration.
`;

const code = (text: string): string => `\`${text.replaceAll('|', '\\|')}\``;

const matcherText = ({ name, type, value }: Selector[number]): string => `${name}${type}"${value}"`;

const selectorText = (selector: Selector): string => {
  const [first, ...rest] = selector;
  const name = first?.name === '__name__' && first.type === '=' ? first.value : '';
  const matchers = name === '' ? selector : rest;
  return matchers.length === 0 ? name : `${name}{${matchers.map(matcherText).join(',')}}`;
};

const termText = ({ input, combine, anyOf }: Term): string =>
  `${combine}(${input}${anyOf ? `{${anyOf.map(matcherText).join(' or ')}}` : ''})`;

const formulaText = (formula: Formula): string => {
  switch (formula.kind) {
    case 'value':
      return `${formula.complement ? '1 - ' : ''}${termText(formula.of)}`;
    case 'ratio':
      return `${formula.complement ? '1 - ' : ''}${termText(formula.of)} / ${termText(formula.over)}`;
    case 'share_of_limit':
      return `${formula.usage} / ${formula.limit} by ${formula.by}`;
    case 'quantile':
      return `quantile(${formula.q}, ${formula.of})`;
  }
};

const boundsText = ({ min, max }: CatalogFeature): string => `${min ?? ''}..${max ?? ''}`;

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');

const featureTable = (raw: FeatureCatalog, recorded: FeatureCatalog, level: CatalogFeature['level']): string => {
  const recordOf = (name: string): string => {
    const formula = recorded.features.find((feature) => feature.name === name)?.formula;
    return formula?.kind === 'value' ? code(formula.of.input) : '';
  };
  const formulas = ({ formula, otherwise }: CatalogFeature): string =>
    [formula, ...(otherwise ? [otherwise] : [])].map((each) => code(formulaText(each))).join(', else ');
  return table(
    ['Feature', 'Unit', 'Class', 'Bounds', 'Meaning', 'From raw inputs', 'Recorded as'],
    raw.features
      .filter((feature) => feature.level === level)
      .map((feature) => [
        code(feature.name),
        feature.unit,
        feature.unitClass,
        boundsText(feature),
        feature.help,
        formulas(feature),
        recordOf(feature.name),
      ]),
  );
};

const inputTable = (inputs: readonly CatalogInput[]): string =>
  table(
    ['Input', 'Kind', 'Selector'],
    inputs.map(({ id, kind, selector }) => [code(id), kind, code(selectorText(selector))]),
  );

const PACKS_HEAD = `Features from programs that not every cluster has. \`features.packs\` of the exporter's configuration adds them to the preset by the name of the pack; series that are not there
give no value and cost nothing but the question.
`;

const packTables = (): string =>
  Object.entries(FEATURE_PACKS)
    .map(([name, { about, features }]) => {
      const rows = features.map((one) => [code(one.name), one.entity.by, code(selectorText(one.selector)), one.help ?? '']);
      return `### ${name}\n\n${about}\n\n${table(['Feature', 'Of a', 'Selector', 'Meaning'], rows)}\n`;
    })
    .join('\n');

/** `docs/features.md`, from the catalogues themselves. */
export const featuresPage = (): string => {
  const raw = defaultCatalog();
  const recorded = recordedCatalog();
  return [
    HEAD,
    `## Pods\n\n${featureTable(raw, recorded, 'pod')}\n`,
    `## Nodes\n\n${featureTable(raw, recorded, 'node')}\n`,
    `## Packs\n\n${PACKS_HEAD}\n${packTables()}\n`,
    `## What ${code('raw')} reads\n\n${inputTable(raw.inputs)}\n`,
    `## What ${code('recorded')} reads besides its features\n\n${inputTable(recorded.inputs.filter(({ kind }) => kind !== 'gauge'))}\n`,
  ].join('\n');
};
