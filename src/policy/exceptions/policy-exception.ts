import { BellwetherError, type FromSchema, parseTime, validate } from '../../platform/index.ts';
import type { Finding } from '../model/finding.ts';
import { isRecord, jsonOf, recordOf, stringOf } from '../model/value.ts';
import { EXCEPTION_KIND, EXCEPTION_SCHEMA } from './exception-schema.ts';
import { compileGlob } from './glob.ts';

export type ExceptionSpec = FromSchema<typeof EXCEPTION_SCHEMA>;

/** An accepted deviation, ready to be compared with findings. */
export interface PolicyException {
  /** `namespace/name` of the resource, or file and place. */
  readonly name: string;
  readonly spec: ExceptionSpec;
  readonly expiresAtMs: number;
  readonly fits: (finding: Finding) => boolean;
}

export interface ExceptionRules {
  readonly nowMs: number;
  /** How far ahead `expiresAt` may lie; 90 by default. */
  readonly maxDays?: number;
  /** Where set, the exception holds in this namespace only, whatever it says: that of the resource. */
  readonly namespace?: string;
}

const DEFAULT_MAX_DAYS = 90;
const DAY_MS = 86_400_000;
const DAY = /^\d{4}-\d{2}-\d{2}$/;

const parseExpiry = (text: string): number | undefined => {
  if (!DAY.test(text)) return parseTime(text);
  const ms = parseTime(`${text}T00:00:00Z`);
  return ms === undefined ? undefined : ms + DAY_MS;
};

/** One exception; throws `invalid_config` with all that is wrong. An exception that has expired is no mistake: it just no longer holds. */
export const parseException = (content: unknown, name: string, rules: ExceptionRules): PolicyException => {
  const checked = validate(EXCEPTION_SCHEMA, content);
  if (!checked.ok)
    throw refused(
      name,
      checked.problems.map(({ message }) => message),
    );
  const spec = checked.value;
  const expiresAtMs = parseExpiry(spec.expiresAt);
  if (expiresAtMs === undefined)
    throw refused(name, [`expiresAt is "${spec.expiresAt}", but must be a day such as 2026-03-31 or an RFC 3339 time`]);
  const maxDays = rules.maxDays ?? DEFAULT_MAX_DAYS;
  if (expiresAtMs > rules.nowMs + (maxDays + 1) * DAY_MS)
    throw refused(name, [`expiresAt is ${spec.expiresAt}, but must be within ${maxDays} days`]);
  try {
    return { name, spec, expiresAtMs, fits: compileMatch(spec, rules.namespace) };
  } catch (error) {
    throw refused(name, [(error as Error).message]);
  }
};

const refused = (name: string, problems: readonly string[]): BellwetherError =>
  new BellwetherError('invalid_config', `exception ${name} is wrong:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);

type Match = (text: string) => boolean;

const anyOf = (globs: readonly string[] | undefined): Match | undefined => {
  if (globs === undefined) return undefined;
  const matches = globs.map(compileGlob);
  return (text) => matches.some((match) => match(text));
};

const compileMatch = ({ policies, match = {}, values }: ExceptionSpec, namespace: string | undefined): ((finding: Finding) => boolean) => {
  const tests: readonly (readonly [Match | undefined, (finding: Finding) => string])[] = [
    [anyOf(policies), ({ policy }) => policy],
    [anyOf(match.namespaces), ({ object }) => object.namespace ?? ''],
    [namespace === undefined ? undefined : (text) => text === namespace, ({ object }) => object.namespace ?? ''],
    [anyOf(match.containers), ({ container }) => container ?? ''],
    [anyOf(match.images), ({ image }) => image ?? ''],
    [anyOf(values), ({ value }) => (typeof value === 'string' ? value : (jsonOf(value) ?? ''))],
  ];
  const kinds = anyOf(match.kinds);
  const names = anyOf(match.names);
  return (finding) =>
    tests.every(([test, read]) => test === undefined || test(read(finding))) &&
    ((kinds === undefined && names === undefined) ||
      workloadsOf(finding).some(({ kind, name }) => (kinds?.(kind) ?? true) && (names?.(name) ?? true)));
};

// What controllers put behind the name of a ReplicaSet of a Deployment, and of a Job of a CronJob.
const REPLICA_SET_HASH = /-[a-z0-9]{1,10}$/;
const JOB_TIME = /-\d{1,12}$/;

/** The object and what it was made by: an exception for a Deployment has to hold for its pods, or they could not start. */
const workloadsOf = ({ object, owner }: Finding): readonly { readonly kind: string; readonly name: string }[] => {
  if (owner === undefined) return [object];
  const { kind, name } = owner;
  if (kind === 'ReplicaSet') return [object, owner, { kind: 'Deployment', name: name.replace(REPLICA_SET_HASH, '') }];
  if (kind === 'Job') return [object, owner, { kind: 'CronJob', name: name.replace(JOB_TIME, '') }];
  return [object, owner];
};

/** Exceptions out of one document: a PolicyException resource, `exceptions: [...]`, or a plain list. Throws `invalid_config`. */
export const parseExceptions = (document: unknown, name: string, rules: ExceptionRules): PolicyException[] => {
  if (isRecord(document) && document.kind === EXCEPTION_KIND.kind) {
    const metadata = recordOf(document.metadata);
    const namespace = stringOf(metadata.namespace);
    const full = [namespace, stringOf(metadata.name) ?? name].filter(Boolean).join('/');
    return [parseException(document.spec, full, { ...rules, ...(namespace === undefined ? {} : { namespace }) })];
  }
  const list = isRecord(document) ? document.exceptions : document;
  if (!Array.isArray(list)) throw refused(name, ['it must be a PolicyException, or a list of exceptions under the key exceptions']);
  return list.map((entry, i) => parseException(entry, `${name}[${i}]`, rules));
};
