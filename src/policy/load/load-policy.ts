import { load as parseYaml } from 'js-yaml';
import { BellwetherError, type FromSchema, validate } from '../../platform/index.ts';
import { createCelRule } from '../bodies/cel-body.ts';
import { createSchemaRule } from '../bodies/schema-body.ts';
import type { BadExample, Example, Policy, PolicyInfo, Rule } from '../model/policy.ts';
import type { JsonRecord } from '../model/value.ts';
import { createParamParser, defaultsOf, requiredParamsOf } from './params.ts';
import { POLICY_SCHEMA } from './policy-schema.ts';

/** Functions that policies may name in `builtin`. */
export type Builtins = Readonly<Record<string, Rule>>;

type PolicyFile = FromSchema<typeof POLICY_SCHEMA>;

const BODIES = ['builtin', 'schema', 'cel'] as const;
const EXAMPLE_FORMS = ['object', 'pod', 'container'] as const;

/** A policy from the text of its file. Rejects with `invalid_config`, all problems at once; `source` names the file in them. */
export const parsePolicy = (text: string, source: string, builtins: Builtins): Policy => {
  let content: unknown;
  try {
    content = parseYaml(text);
  } catch (error) {
    throw new BellwetherError('invalid_config', `${source} is not YAML: ${(error as Error).message}`);
  }
  return loadPolicy(content, source, builtins);
};

/** The same from the content of a file that was read before. */
export const loadPolicy = (content: unknown, source: string, builtins: Builtins): Policy => {
  const checked = validate(POLICY_SCHEMA, content);
  if (!checked.ok)
    return fail(
      source,
      checked.problems.map(({ message }) => message),
    );
  const file = checked.value;
  const problems = problemsOf(file, builtins);
  if (problems.length > 0) fail(source, problems);
  const info = infoOf(file);
  try {
    return {
      ...info,
      rule: ruleOf(file, builtins),
      requiredParams: requiredParamsOf(info.params),
      defaultParams: defaultsOf(info.params),
      parseParams: createParamParser(info.id, info.params),
    };
  } catch (error) {
    return fail(source, [(error as Error).message]);
  }
};

const fail = (source: string, problems: readonly string[]): never => {
  throw new BellwetherError('invalid_config', `${source} is not a policy:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
};

/** What the schema cannot say. */
const problemsOf = (file: PolicyFile, builtins: Builtins): string[] => {
  const problems: string[] = [];
  const bodies = BODIES.filter((key) => file[key] !== undefined);
  if (bodies.length !== 1) problems.push(`it needs one body of builtin, schema, cel, but has ${bodies.join(', ') || 'none'}`);
  if (file.builtin !== undefined) {
    const rule = Object.hasOwn(builtins, file.builtin) ? builtins[file.builtin] : undefined;
    if (!rule) problems.push(`builtin ${file.builtin} does not exist`);
    else if (rule.target !== file.match.target)
      problems.push(`builtin ${file.builtin} judges a ${rule.target}, but match.target is ${file.match.target}`);
  }
  if (file.match.target === 'object' && !file.match.kinds) problems.push('match.kinds is missing: a policy on objects names their kinds');
  for (const kind of ['good', 'bad'] as const) {
    (file.examples[kind] as readonly (Example & { path?: string; paths?: readonly string[] })[]).forEach((example, i) => {
      const where = `examples.${kind}[${i}]`;
      const forms = EXAMPLE_FORMS.filter((form) => example[form] !== undefined);
      if (forms.length !== 1) problems.push(`${where} needs one of object, pod, container`);
      if (kind === 'bad' && (example.path === undefined) === (example.paths === undefined)) problems.push(`${where} needs path or paths`);
    });
  }
  return problems;
};

const infoOf = (file: PolicyFile): PolicyInfo => ({
  id: file.id,
  group: file.group,
  title: file.title,
  severity: file.severity,
  ...(file.pss ? { pss: file.pss } : {}),
  aliases: file.aliases ?? {},
  why: file.why.trim(),
  fix: file.fix.trim(),
  links: file.links ?? [],
  optIn: file.optIn ?? false,
  params: (file.params ?? {}) as PolicyInfo['params'],
  match: { target: file.match.target, kinds: file.match.kinds, needs: file.match.needs ?? 'nothing' },
  ...(file.patch ? { patch: file.patch as NonNullable<PolicyInfo['patch']> } : {}),
  message: file.message.trim(),
  ...(file.vap ? { vap: file.vap } : {}),
  examples: {
    good: file.examples.good as readonly Example[],
    bad: (file.examples.bad as readonly JsonRecord[]).map(
      ({ path, paths, ...rest }) => ({ ...rest, paths: paths ?? [path] }) as unknown as BadExample,
    ),
  },
});

const ruleOf = (file: PolicyFile, builtins: Builtins): Rule => {
  if (file.builtin !== undefined) return builtins[file.builtin]!;
  if (file.schema !== undefined) return createSchemaRule(file.match.target, file.schema as JsonRecord, file.path);
  if (file.cel !== undefined) return createCelRule(file.match.target, file.cel);
  throw new BellwetherError('internal', `${file.id} has no body`);
};
