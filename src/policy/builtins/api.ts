import { lifecycleOf, replacementOf } from '../kubernetes/api-lifecycle.ts';
import { checkTypes, type TypeProblem } from '../kubernetes/check-types.ts';
import { typeTable } from '../kubernetes/type-table.ts';
import { groupOf } from '../model/kubernetes-object.ts';
import { FINE, objectRule, type RuleInput, type Violation } from '../model/policy.ts';
import { isAbsent, type JsonRecord, recordOf, stringOf } from '../model/value.ts';

const apiOf = (object: JsonRecord): { readonly apiVersion: string; readonly kind: string } => ({
  apiVersion: stringOf(object.apiVersion) ?? '',
  kind: stringOf(object.kind) ?? '',
});

/** The API is no longer served by the target version. */
const apiRemoved = objectRule((object, { base, kubernetesMinor }) => {
  const { apiVersion, kind } = apiOf(object);
  const lifecycle = lifecycleOf(apiVersion, kind);
  if (lifecycle?.removed === undefined || kubernetesMinor < lifecycle.removed) return FINE;
  const instead = replacementOf(lifecycle, kubernetesMinor);
  return [
    {
      path: `${base}/apiVersion`,
      value: apiVersion,
      message: `${apiVersion} ${kind} was removed in Kubernetes 1.${lifecycle.removed}`,
      ...(instead === undefined ? { fix: 'Nothing takes its place: remove the object.' } : { expected: instead, fix: `Use ${instead}.` }),
    },
  ];
});

/** The API is still served by the target version, but will go. */
const apiDeprecated = objectRule((object, { base, kubernetesMinor }) => {
  const { apiVersion, kind } = apiOf(object);
  const lifecycle = lifecycleOf(apiVersion, kind);
  if (lifecycle?.deprecated === undefined || kubernetesMinor < lifecycle.deprecated) return FINE;
  if (lifecycle.removed !== undefined && kubernetesMinor >= lifecycle.removed) return FINE;
  const instead = replacementOf(lifecycle, kubernetesMinor);
  const until = lifecycle.removed === undefined ? '' : ` and removed in 1.${lifecycle.removed}`;
  return [
    {
      path: `${base}/apiVersion`,
      value: apiVersion,
      message: `${apiVersion} ${kind} is deprecated since Kubernetes 1.${lifecycle.deprecated}${until}`,
      ...(instead === undefined ? {} : { expected: instead, fix: `Use ${instead}.` }),
    },
  ];
});

const known = new WeakMap<JsonRecord, { readonly minor: number; readonly base: string; readonly problems: readonly TypeProblem[] }>();

/** Problems of an object of a built-in kind; two policies ask for them. */
const typeProblems = (object: JsonRecord, { base, kubernetesMinor }: RuleInput): readonly TypeProblem[] => {
  const cached = known.get(object);
  if (cached?.minor === kubernetesMinor && cached.base === base) return cached.problems;
  const { apiVersion, kind } = apiOf(object);
  const table = typeTable(kubernetesMinor);
  const typeId = table.kinds.get(`${apiVersion} ${kind}`);
  const problems = typeId === undefined ? [] : checkTypes(object, table, typeId, base);
  known.set(object, { minor: kubernetesMinor, base, problems });
  return problems;
};

const STABLE = /^v\d+$/;

/** A kind that the API server of this version cannot know: its group is built in, its version is stable, and there it is not. */
const unknownKind = (object: JsonRecord, { base, kubernetesMinor }: RuleInput): readonly Violation[] => {
  const { apiVersion, kind } = apiOf(object);
  const table = typeTable(kubernetesMinor);
  const version = apiVersion.slice(apiVersion.indexOf('/') + 1);
  if (apiVersion === '' || kind === '' || !STABLE.test(version) || !table.groups.has(groupOf(object))) return FINE;
  if (table.kinds.has(`${apiVersion} ${kind}`) || lifecycleOf(apiVersion, kind)) return FINE;
  if (kubernetesMinor < table.minor) return FINE;
  const isVersion = table.versions.has(apiVersion);
  return [
    {
      path: `${base}/${isVersion ? 'kind' : 'apiVersion'}`,
      value: isVersion ? kind : apiVersion,
      message: isVersion
        ? `${apiVersion} has no kind ${kind} in Kubernetes 1.${table.minor}`
        : `Kubernetes 1.${table.minor} has no API ${apiVersion}`,
    },
  ];
};

/** Wrong types and missing fields of built-in kinds. */
const schemaInvalid = objectRule((object, input) => {
  const found: Violation[] = [...unknownKind(object, input)];
  for (const { kind, path, value, expected } of typeProblems(object, input)) {
    if (kind === 'unknown-field') continue;
    found.push({
      path,
      value,
      expected,
      ...(kind === 'missing' ? { message: `a required field is missing: ${path.slice(path.lastIndexOf('/') + 1)}` } : {}),
    });
  }
  return found.length > 0 ? found : FINE;
});

/** Fields that built-in kinds do not have. */
const unknownField = objectRule((object, input) => {
  const problems = typeProblems(object, input);
  if (problems.length === 0) return FINE;
  return problems.filter(({ kind }) => kind === 'unknown-field').map(({ path, value, expected }) => ({ path, value, expected }));
});

/** Keys that stand twice in a file. */
const duplicateKey = objectRule((_object, { base, duplicateKeys }) =>
  duplicateKeys.length === 0
    ? FINE
    : duplicateKeys
        .filter((path) => path === base || path.startsWith(`${base}/`))
        .map((path) => ({ path, value: path.slice(path.lastIndexOf('/') + 1) })),
);

// Files in the form of Kubernetes objects that are read by programs, not by the API server: they have no name.
const NAMELESS_GROUP = /(^|\.)(config\.k8s\.io|kubeadm\.k8s\.io|audit\.k8s\.io|x-k8s\.io|config\.istio\.io)$/;
const NAMELESS_KIND = /(List|Review|Options|Eviction|Binding)$|^(Config|Kustomization|Component)$/;
const CLUSTER_BINDING = /(Role|Policy)Binding$/;

const needsName = (object: JsonRecord, kind: string): boolean => {
  if (NAMELESS_GROUP.test(groupOf(object))) return false;
  return !NAMELESS_KIND.test(kind) || CLUSTER_BINDING.test(kind);
};

/** No apiVersion, kind or name: the API server would not know what to do with it. */
const notKubernetes = objectRule((object, { base }) => {
  const found: Violation[] = [];
  for (const field of ['apiVersion', 'kind'] as const)
    if (!stringOf(object[field])) found.push({ path: `${base}/${field}`, value: object[field] ?? undefined, expected: 'text' });
  const { name, generateName } = recordOf(object.metadata);
  const isNamed = Boolean(stringOf(name)) || (isAbsent(name) && Boolean(stringOf(generateName)));
  if (!isNamed && needsName(object, stringOf(object.kind) ?? ''))
    found.push({ path: `${base}/metadata/name`, value: name ?? undefined, expected: 'text' });
  return found.length > 0 ? found : FINE;
});

/** Rules of the group `api`. */
export const API_RULES = {
  'api-removed': apiRemoved,
  'api-deprecated': apiDeprecated,
  'schema-invalid': schemaInvalid,
  'unknown-field': unknownField,
  'duplicate-key': duplicateKey,
  'not-kubernetes': notKubernetes,
} as const;
