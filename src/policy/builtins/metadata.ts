import { createLinearRegExp } from '../../platform/index.ts';
import { joinPointer } from '../model/json-pointer.ts';
import { FINE, objectRule, type Violation } from '../model/policy.ts';
import { isAbsent, isRecord, type JsonRecord, listOf, own, recordOf, stringOf } from '../model/value.ts';
import { isControlled } from './facts.ts';

const patterns = new WeakMap<JsonRecord, ReadonlyMap<string, RegExp>>();
// Long enough for every value that a rule is about.
const MAX_JUDGED = 500;

/** Throws for a pattern that cannot be used, which makes a finding of it. */
const patternsOf = (wanted: JsonRecord): ReadonlyMap<string, RegExp> => {
  let compiled = patterns.get(wanted);
  if (!compiled) {
    compiled = new Map(Object.entries(wanted).map(([key, pattern]) => [key, createLinearRegExp(`^(?:${String(pattern)})$`)]));
    patterns.set(wanted, compiled);
  }
  return compiled;
};

/** Labels or annotations that workloads must have, each with a pattern for its value. */
const required = (field: 'labels' | 'annotations') =>
  objectRule((object, { pods, params, base }) => {
    if (!pods || isControlled(object)) return FINE;
    const present = recordOf(recordOf(object.metadata)[field]);
    const found: Violation[] = [];
    for (const [key, pattern] of patternsOf(recordOf(params[field]))) {
      const value = own(present, key);
      const text = typeof value === 'string' ? value.slice(0, MAX_JUDGED) : '';
      if (typeof value === 'string' && pattern.test(text)) continue;
      found.push({
        path: joinPointer(`${base}/metadata/${field}`, key),
        value,
        expected: `${key} like ${String(recordOf(params[field])[key])}`,
      });
    }
    return found.length > 0 ? found : FINE;
  });

const NAME = /^[A-Za-z0-9](?:[A-Za-z0-9_.-]*[A-Za-z0-9])?$/;
const SUBDOMAIN = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*$/;
const MAX_NAME = 63;
const MAX_PREFIX = 253;

const isLabelKey = (key: string): boolean => {
  const slash = key.indexOf('/');
  const name = key.slice(slash + 1);
  if (name.length > MAX_NAME || !NAME.test(name)) return false;
  if (slash < 0) return true;
  const prefix = key.slice(0, slash);
  return prefix.length <= MAX_PREFIX && SUBDOMAIN.test(prefix);
};

const isLabelValue = (value: unknown): boolean =>
  typeof value === 'string' && (value === '' || (value.length <= MAX_NAME && NAME.test(value)));

/** Where labels stand besides the metadata of the object. */
const SELECTORS = ['/spec/selector', '/spec/podSelector'] as const;

const labelSyntax = objectRule((object, { base, pods }) => {
  const found: Violation[] = [];
  const look = (labels: unknown, at: string): void => {
    if (!isRecord(labels)) return;
    for (const [key, value] of Object.entries(labels)) {
      // A variable of kustomize or Flux: what it will be is not known here.
      if (isAbsent(value) || (isLabelKey(key) && isLabelValue(value)) || (typeof value === 'string' && value.includes('${'))) continue;
      const message = isLabelKey(key)
        ? `the label ${key} has the value ${typeof value === 'string' ? `"${value.slice(0, 80)}"` : JSON.stringify(value)?.slice(0, 80)}, but must be text of at most 63 letters, digits, "-", "_" and "."`
        : `"${key.slice(0, 80)}" is no key of a label`;
      found.push({ path: joinPointer(at, key), value, message });
    }
  };
  look(recordOf(object.metadata).labels, `${base}/metadata/labels`);
  if (pods) {
    if (pods.metadataPath !== `${base}/metadata`) look(pods.metadata.labels, `${pods.metadataPath}/labels`);
    look(pods.spec.nodeSelector, `${pods.path}/nodeSelector`);
  }
  const spec = recordOf(object.spec);
  for (const pointer of SELECTORS) {
    const selector = spec[pointer.slice('/spec/'.length)];
    if (isRecord(selector)) look(selector.matchLabels, `${base}${pointer}/matchLabels`);
  }
  if (object.kind === 'Service' && object.apiVersion === 'v1') look(spec.selector, `${base}/spec/selector`);
  return found.length > 0 ? found : FINE;
});

// RFC 6335 as the API server reads it; the longest names of 15 letters come from there, too.
const PORT_NAME = /^(?=.*[a-z])(?!.*--)[a-z0-9]([a-z0-9-]*[a-z0-9])?$/;
const MAX_PORT_NAME = 15;
const SERVICE_PORT_NAME = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/;

/** Whether a text can be the name of a container port, and so a named targetPort. */
export const isPortName = (name: string): boolean => name.length <= MAX_PORT_NAME && PORT_NAME.test(name);

const portName = objectRule((object, { pods, base }) => {
  if (pods)
    return pods.containers.flatMap(({ spec, path, name: container }) =>
      listOf(spec.ports).flatMap((item, i): Violation[] => {
        const name = stringOf(recordOf(item).name);
        if (!name || isPortName(name)) return [];
        return [{ path: `${path}/ports/${i}/name`, value: name, expected: 'at most 15 of a-z, 0-9 and "-", with a letter', container }];
      }),
    );
  if (object.kind !== 'Service' || object.apiVersion !== 'v1') return FINE;
  const ports = listOf(recordOf(object.spec).ports);
  return ports.flatMap((item, i): Violation[] => {
    const name = stringOf(recordOf(item).name);
    const path = `${base}/spec/ports/${i}/name`;
    if (!name) return ports.length > 1 ? [{ path, expected: 'a name, because there are several ports' }] : [];
    return name.length <= MAX_NAME && SERVICE_PORT_NAME.test(name)
      ? []
      : [{ path, value: name, expected: 'at most 63 of a-z, 0-9 and "-"' }];
  });
});

/** Labels, annotations and names. */
export const METADATA_RULES = {
  'required-labels': required('labels'),
  'required-annotations': required('annotations'),
  'label-syntax': labelSyntax,
  'port-name': portName,
} as const;
