import { showValue } from './message.ts';
import type { Finding } from './model/finding.ts';
import { jsonOf } from './model/value.ts';

/** What an admission response says. */
export interface Decision {
  readonly allowed: boolean;
  /** For people, one line per finding; empty where allowed. */
  readonly message: string;
  /** Each short enough for the API server, which cuts at 256 characters and drops all after 4096. */
  readonly warnings: readonly string[];
  /** Findings of action `audit`, and all others: what the audit log gets. */
  readonly audited: readonly Finding[];
}

const MAX_WARNING_LENGTH = 120;
const MAX_WARNINGS = 20;
// The API server passes the message on to people; a screen is enough.
const MAX_DENIALS_SHOWN = 10;

const placeOf = ({ path, container }: Finding): string =>
  container === undefined ? path || 'the whole object' : `${path} (container ${container})`;

/** One finding for people: policy, place, what is wrong, what to write instead, where to read on. */
export const describeFinding = (finding: Finding): string =>
  `[${finding.policy}] ${placeOf(finding)}: ${finding.message}${seen(finding)}. ${finding.fix} See ${finding.docs}`;

/** The value seen, unless the message has told it. */
const seen = ({ value, message }: Finding): string => {
  const text = value === undefined ? 'absent' : showValue(value);
  if (message.includes(text)) return '';
  return `; it is ${text}`;
};

/** What to answer to a request with these findings, exceptions and ratchet applied before. */
export const decide = (findings: readonly Finding[]): Decision => {
  const denials = findings.filter(({ action }) => action === 'deny');
  const warned = findings.filter(({ action }) => action === 'warn');
  const more = denials.length - MAX_DENIALS_SHOWN;
  const lines = [...denials.slice(0, MAX_DENIALS_SHOWN).map(describeFinding), ...(more > 0 ? [`and ${more} more`] : [])];
  return {
    allowed: denials.length === 0,
    message: denials.length === 0 ? '' : lines.join('\n'),
    warnings: shortened(warned),
    audited: findings,
  };
};

const shortened = (findings: readonly Finding[]): string[] => {
  const texts = [
    ...new Set(
      findings.map(({ policy, path, message }) => cut(path === '' ? `${policy}: ${message}` : `${policy} at ${path}: ${message}`)),
    ),
  ];
  return texts.length > MAX_WARNINGS
    ? [...texts.slice(0, MAX_WARNINGS - 1), `and ${texts.length - MAX_WARNINGS + 1} more warnings`]
    : texts;
};

const cut = (text: string): string => (text.length > MAX_WARNING_LENGTH ? `${text.slice(0, MAX_WARNING_LENGTH - 3)}...` : text);

/**
 * The ratchet of updates: findings that the old object did not have. List items may have moved, so a finding is known again by policy,
 * container and value, not by its path; two of a kind count twice.
 */
export const newFindings = (findings: readonly Finding[], before: readonly Finding[]): Finding[] => {
  const known = new Map<string, number>();
  for (const finding of before) known.set(keyOf(finding), (known.get(keyOf(finding)) ?? 0) + 1);
  return findings.filter((finding) => {
    const key = keyOf(finding);
    const left = known.get(key) ?? 0;
    if (left > 0) known.set(key, left - 1);
    return left === 0;
  });
};

const keyOf = ({ policy, container, value, path }: Finding): string =>
  JSON.stringify([policy, container ?? null, jsonOf(value) ?? null, path.replaceAll(/\/\d+(?=\/|$)/g, '/*')]);
