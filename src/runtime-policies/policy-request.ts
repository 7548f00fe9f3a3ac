import { PROTECTED_NAMESPACES } from '../conventions/index.ts';
import { BellwetherError, isAddressRange } from '../platform/index.ts';
import type { PolicyTemplate, TemplateValues } from './template.ts';
import { ACCESS_TEMPLATES } from './templates/access-templates.ts';
import { EXEC_TEMPLATES } from './templates/exec-templates.ts';

export const TEMPLATES: readonly PolicyTemplate[] = [...EXEC_TEMPLATES, ...ACCESS_TEMPLATES];

/** What somebody asks for, as it is given. */
export interface PolicyRequest {
  readonly template: string;
  readonly namespace: string;
  /** Of the policy; the template's where absent. */
  readonly name?: string;
  /** Labels of the pods, `key=value`. At least one: a policy is about pods that somebody chose. */
  readonly podLabels: readonly string[];
  readonly paths: readonly string[];
  readonly cidrs: readonly string[];
  readonly exceptBinaries: readonly string[];
}

/** The same, checked. */
export interface CheckedRequest {
  readonly template: PolicyTemplate;
  readonly namespace: string;
  readonly name: string;
  readonly matchLabels: Readonly<Record<string, string>>;
  readonly values: TemplateValues;
}

/** Values of one filter that Tetragon is asked to compare: each costs room in a map of the kernel. */
const MOST_VALUES = 16;
const MOST_LABELS = 8;
/** Tetragon compares at most this much of a path. */
const MAX_PATH = 200;
const DNS_LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
/** The name of the policy with our prefix has to stay a DNS label. */
const POLICY_NAME = /^[a-z0-9](?:[a-z0-9-]{0,40}[a-z0-9])?$/;
const LABEL_KEY = /^(?:[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?\/)?[A-Za-z0-9](?:[\w.-]{0,61}[A-Za-z0-9])?$/;
const LABEL_VALUE = /^(?:[A-Za-z0-9](?:[\w.-]{0,61}[A-Za-z0-9])?)?$/;
// No sign that a shell, YAML or Tetragon would read as something else, and no way up.
const PATH = /^\/[\w.@+/-]+$/;
/** Reading or writing one of these is what every process does: the policy would be about everything. */
const TOO_WIDE = new Set(['/', '/proc/', '/dev/', '/sys/', '/lib/', '/usr/', '/usr/lib/', '/etc/', '/bin/', '/tmp/', '/var/']);
const WIDEST_PREFIX = { 4: 4, 6: 8 } as const;

/** The entry that protects a namespace; `own` is that of the bundle. */
const protectedBy = (namespace: string, own: readonly string[]): string | undefined =>
  [...PROTECTED_NAMESPACES, ...own].find((pattern) =>
    pattern.endsWith('*') ? namespace.startsWith(pattern.slice(0, -1)) : namespace === pattern,
  );

/** Why a path cannot be taken; undefined where it can. */
const wrongPath = (path: string): string | undefined => {
  if (!PATH.test(path) || path.split('/').includes('..') || path.includes('//'))
    return 'must be an absolute path of letters, digits and . _ @ + -, without ..';
  if (path.length > MAX_PATH) return `must be at most ${MAX_PATH} characters`;
  const whole = path.endsWith('/') ? path : `${path}/`;
  return TOO_WIDE.has(whole) ? 'is what every process touches: name something below it' : undefined;
};

const wrongCidr = (cidr: string): string | undefined => {
  if (!cidr.includes('/') || !isAddressRange(cidr)) return 'must be a range such as 10.0.0.0/8';
  const least = WIDEST_PREFIX[cidr.includes(':') ? 6 : 4];
  return Number(cidr.split('/')[1]) < least ? `allows nearly everything: at least /${least}` : undefined;
};

const labelsOf = (given: readonly string[], problems: string[]): Readonly<Record<string, string>> => {
  const labels: Record<string, string> = {};
  for (const text of given) {
    const [key = '', value, ...rest] = text.split('=');
    if (value === undefined || rest.length > 0 || !LABEL_KEY.test(key) || !LABEL_VALUE.test(value))
      problems.push(`the label ${JSON.stringify(text)} must be of the form key=value`);
    else labels[key] = value;
  }
  if (given.length === 0) problems.push('at least one label of pods must be given: a policy is about pods that somebody chose');
  if (given.length > MOST_LABELS) problems.push(`at most ${MOST_LABELS} labels can be given`);
  return labels;
};

const checkList = (what: string, values: readonly string[], wrong: (value: string) => string | undefined, problems: string[]): void => {
  if (values.length > MOST_VALUES) problems.push(`${values.length} ${what}s are too many: at most ${MOST_VALUES}`);
  for (const value of values.slice(0, MOST_VALUES)) {
    const why = wrong(value);
    if (why !== undefined) problems.push(`the ${what} ${JSON.stringify(value)} ${why}`);
  }
};

/** Throws `forbidden` for a protected namespace. */
export const assertMayTouch = (namespace: string, own: readonly string[]): void => {
  const entry = protectedBy(namespace, own);
  if (entry !== undefined)
    throw new BellwetherError(
      'forbidden',
      `the namespace ${namespace} is protected (${entry}): a policy there could stop the cluster or what watches it`,
    );
};

/** Checks a request. Throws `invalid_input` that says every problem, `forbidden` for a protected namespace. */
export const checkRequest = (request: PolicyRequest, own: readonly string[]): CheckedRequest => {
  const problems: string[] = [];
  const template = TEMPLATES.find(({ name }) => name === request.template);
  if (!template) problems.push(`there is no template ${JSON.stringify(request.template)}: ${TEMPLATES.map(({ name }) => name).join(', ')}`);
  if (!DNS_LABEL.test(request.namespace)) problems.push(`${JSON.stringify(request.namespace)} is no namespace`);
  const name = request.name ?? request.template;
  if (!POLICY_NAME.test(name)) problems.push(`the name ${JSON.stringify(name)} must be at most 42 lower-case letters, digits and hyphens`);
  const matchLabels = labelsOf(request.podLabels, problems);
  const { paths, cidrs, exceptBinaries } = request;
  checkList('path', paths, wrongPath, problems);
  checkList('range', cidrs, wrongCidr, problems);
  checkList(
    'binary',
    exceptBinaries,
    (value) => (value.endsWith('/') || !PATH.test(value) || value.length > MAX_PATH ? 'must be the absolute path of a program' : undefined),
    problems,
  );
  for (const [values, need, flag] of [
    [paths, 'paths', '--path'],
    [cidrs, 'cidrs', '--cidr'],
  ] as const) {
    if (template?.needs === need && values.length === 0) problems.push(`the template ${template.name} needs ${flag}`);
    if (template && template.needs !== need && values.length > 0) problems.push(`the template ${template.name} takes no ${flag}`);
  }
  if (problems.length > 0 || !template) throw new BellwetherError('invalid_input', problems.join('\n'));
  assertMayTouch(request.namespace, own);
  return { template, namespace: request.namespace, name, matchLabels, values: { paths, cidrs, exceptBinaries } };
};
