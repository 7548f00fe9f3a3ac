import { dump } from 'js-yaml';
import {
  BUILTINS,
  type Example,
  exampleObject,
  GROUPS,
  isInProfile,
  type JsonRecord,
  type Policy,
  PROFILES,
  parsePolicy,
} from '../src/policy/index.ts';
import type { GeneratedPage } from './generated-page.ts';
import { policyFiles } from './policy-pack.ts';

const GROUP_TITLES: Readonly<Record<Policy['group'], string>> = {
  'pod-security': 'Pod security',
  images: 'Images',
  resources: 'Resources',
  reliability: 'Reliability',
  rbac: 'RBAC',
  network: 'Network',
  ingress: 'Ingress and gateways',
  secrets: 'Secrets and configuration',
  cluster: 'Namespaces, storage, GitOps',
  api: 'API and schema',
};

const TOOLS: Readonly<Record<string, string>> = {
  kyverno: 'Kyverno',
  gatekeeper: 'Gatekeeper library',
  polaris: 'Polaris',
  kubelinter: 'kube-linter',
  kubescore: 'kube-score',
  kubescape: 'Kubescape',
  checkov: 'Checkov',
  trivy: 'Trivy',
  datree: 'datree',
  kubeconform: 'kubeconform',
};

const readPolicies = (): readonly Policy[] => policyFiles().map(({ text, path }) => parsePolicy(text, path, BUILTINS));

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');
const code = (value: unknown): string => `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``;
const yaml = (value: JsonRecord): string => `\`\`\`yaml\n${dump(value, { lineWidth: 140 })}\`\`\``;
const toolName = (tool: string): string => TOOLS[tool] ?? tool;
const profilesOf = (policy: Policy): string =>
  PROFILES.filter((profile) => isInProfile(policy, profile)).join(', ') || 'none, name it to use it';

const exampleText = (example: Example): string => {
  const shown = example.object ?? (example.pod ? { spec: example.pod } : exampleObject(example));
  const context = [
    ...(example.params ? [`with params ${code(example.params)}`] : []),
    ...(example.pss?.version ? [`Pod Security Standards ${example.pss.version}`] : []),
    ...(example.kubernetes ? [`for Kubernetes ${example.kubernetes}`] : []),
    ...(example.objects ? ['beside other objects'] : []),
  ];
  return `${example.name}${context.length > 0 ? ` (${context.join(', ')})` : ''}:\n\n${yaml(shown)}`;
};

const paramTable = ({ params }: Policy): string[] => {
  const rows = Object.entries(params).map(([name, { type, description, default: preset }]) => {
    const text = preset === undefined ? 'required' : code(preset);
    return `| ${code(name)} | ${cell([type].flat().join(' or ') || 'any')} | ${cell(text)} | ${cell(String(description))} |`;
  });
  return rows.length === 0 ? [] : ['## Parameters', '', '| name | type | default | meaning |', '|---|---|---|---|', ...rows, ''];
};

const policyPage = (policy: Policy): string => {
  const { id, title, severity, group, pss, why, fix, aliases, links, match, examples } = policy;
  const [bad] = examples.bad;
  const [good] = examples.good;
  const elsewhere = Object.entries(aliases).map(([tool, ids]) => `- ${toolName(tool)}: ${ids.map(code).join(', ')}`);
  return [
    `<!-- generated from policies/${group}/${id}.yaml; do not edit: npm run docs -->`,
    `# ${title}`,
    '',
    '| | |',
    '|---|---|',
    `| id | ${code(id)} |`,
    `| severity | ${severity} |`,
    `| group | ${GROUP_TITLES[group]} |`,
    `| profiles | ${profilesOf(policy)} |`,
    ...(pss ? [`| Pod Security Standards | ${pss.level}, since ${pss.since} |`] : []),
    ...(match.needs === 'cluster' ? ['| looks at | other objects, so it runs in scans of files and of the cluster |'] : []),
    ...(match.needs === 'cluster-if-known' ? ['| looks at | the object, and at others in scans of files and of the cluster |'] : []),
    '',
    '## Why',
    '',
    why,
    '',
    '## What to write instead',
    '',
    fix,
    '',
    ...paramTable(policy),
    '## Examples',
    '',
    ...(bad ? [`Found at ${bad.paths.map(code).join(', ')}: ${exampleText(bad)}`, ''] : []),
    ...(good ? [`Fine: ${exampleText(good)}`, ''] : []),
    ...(elsewhere.length > 0 ? ['## The same check elsewhere', '', ...elsewhere, ''] : []),
    ...(links.length > 0 ? ['## Sources', '', ...links.map((link) => `- <${link}>`), ''] : []),
  ].join('\n');
};

/** Checks that other scanners have and this one does not, with what they look for. */
const LEFT_OUT = [
  ['image-signature', 'images without a signature, an attestation, a bill of materials or a scan'],
  ['image-volumes-size-age', 'images that declare volumes, are very large, or were built long ago'],
] as const;

const indexPage = (policies: readonly Policy[]): string => {
  const aliasRows = policies.flatMap(({ id, aliases }) =>
    Object.entries(aliases).flatMap(([tool, ids]) => ids.map((alias) => ({ tool: toolName(tool), alias, id }))),
  );
  return [
    '<!-- generated from policies/; do not edit: npm run docs -->',
    '# Policies',
    '',
    `${policies.length} policies. Profiles: baseline and restricted are the Pod Security Standards; recommended has severity medium and above of all groups but the last two, as far as no parameter is needed; strict has all that have defaults.`,
    '`bellwether scan --explain ID` prints a page, [scan](../scan.md) tells how to use them, [CONTRIBUTING.md](../../CONTRIBUTING.md) how to add one.',
    '',
    ...GROUPS.flatMap((group) => {
      const members = policies.filter((policy) => policy.group === group);
      if (members.length === 0) return [];
      const rows = members.map(
        (policy) => `| [${policy.id}](${policy.id}.md) | ${policy.severity} | ${profilesOf(policy)} | ${cell(policy.title)} |`,
      );
      return [`## ${GROUP_TITLES[group]}`, '', '| id | severity | profiles | finds |', '|---|---|---|---|', ...rows, ''];
    }),
    '## Left out',
    '',
    'These ask a registry or another service, which a policy cannot: it judges what it is given, and always in the same way.',
    '',
    '| id | would find |',
    '|---|---|',
    ...LEFT_OUT.map(([id, finds]) => `| ${id} | ${finds} |`),
    '',
    '## Ids of other scanners',
    '',
    '| scanner | its id | policy |',
    '|---|---|---|',
    ...aliasRows
      .sort((a, b) => (`${a.tool} ${a.alias}` < `${b.tool} ${b.alias}` ? -1 : 1))
      .map(({ tool, alias, id }) => `| ${tool} | ${code(alias)} | [${id}](${id}.md) |`),
    '',
  ].join('\n');
};

/** A page per policy, and the list of all. */
export const policyPages = (): readonly GeneratedPage[] => {
  const policies = readPolicies();
  return [
    { path: 'docs/policies/README.md', render: () => indexPage(policies) },
    ...policies.map((policy) => ({ path: `docs/policies/${policy.id}.md`, render: () => policyPage(policy) })),
  ];
};
