import { isInProfile, type JsonRecord, type Policy, PROFILES } from '../../policy/index.ts';

const profilesOf = (policy: Policy): string => PROFILES.filter((profile) => isInProfile(policy, profile)).join(', ') || 'none';

const paramLine = (name: string, schema: JsonRecord): string => {
  const preset = schema.default === undefined ? 'required' : `default ${JSON.stringify(schema.default)}`;
  return `  ${name} (${String(schema.type ?? 'any')}, ${preset}): ${String(schema.description)}`;
};

/** `--explain ID`: all that a policy says about itself. */
export const explainPolicy = (policy: Policy): string => {
  const { id, title, severity, group, pss, why, fix, params, aliases, links, examples } = policy;
  const [bad] = examples.bad;
  const lines = [
    `${id}: ${title}`,
    '',
    `severity  ${severity}`,
    `group     ${group}`,
    `profiles  ${profilesOf(policy)}`,
    ...(pss ? [`standard  Pod Security Standards, ${pss.level}, since ${pss.since}`] : []),
    '',
    'Why',
    `  ${why}`,
    'What to write instead',
    `  ${fix}`,
    ...(Object.keys(params).length > 0 ? ['Parameters', ...Object.entries(params).map(([name, schema]) => paramLine(name, schema))] : []),
    'Rejected, for example',
    ...(bad
      ? [`  ${bad.name}: ${JSON.stringify(bad.object ?? bad.pod ?? bad.container)}`, ...bad.paths.map((path) => `  at ${path}`)]
      : []),
    'Accepted, for example',
    ...examples.good.slice(0, 1).map((good) => `  ${good.name}: ${JSON.stringify(good.object ?? good.pod ?? good.container)}`),
    ...(Object.keys(aliases).length > 0
      ? ['Same check elsewhere', ...Object.entries(aliases).map(([tool, ids]) => `  ${tool}: ${ids.join(', ')}`)]
      : []),
    ...links.map((link) => `See ${link}`),
  ];
  return `${lines.join('\n')}\n`;
};

/** `--list`: a line per policy, of all or of those that are active. */
export const listPolicies = (policies: readonly Policy[]): string => {
  const idWidth = Math.max(0, ...policies.map(({ id }) => id.length));
  const lines = policies.map((policy) => {
    const needs = policy.requiredParams.length > 0 ? ` (needs ${policy.requiredParams.join(', ')})` : '';
    return `${policy.id.padEnd(idWidth)}  ${policy.severity.padEnd(8)}  ${policy.group.padEnd(12)}  ${profilesOf(policy).padEnd(43)}  ${policy.title}${needs}`;
  });
  return `${lines.join('\n')}\n`;
};
