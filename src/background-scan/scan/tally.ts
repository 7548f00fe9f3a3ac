import type { Finding, ObjectRef, Severity } from '../../policy/index.ts';
import { severityRank } from '../../policy/index.ts';

/** Findings that a report lists, and how many there are beside them. */
export interface NamespaceTally {
  /** Worst first, at most `perNamespace`, of one object at most `perObject`. */
  readonly listed: readonly Finding[];
  readonly fail: number;
  readonly warn: number;
}

export type Bound = 'severity' | 'object' | 'namespace' | 'total';

/** All findings of one scan in bounded memory. */
export interface Tally {
  add(findings: readonly Finding[]): void;
  /** By namespace; those of objects without one under ''. The worst findings of all namespaces fill `total` first. */
  namespaces(): ReadonlyMap<string, NamespaceTally>;
  /** Largest first, with the rest added up as `other`. */
  series(max: number): readonly FindingCount[];
  /** Findings that are counted but not listed, by the bound that kept them out. */
  leftOut(): Readonly<Record<Bound, number>>;
  readonly findings: number;
}

export interface FindingCount {
  readonly policy: string;
  readonly severity: Severity;
  readonly namespace: string;
  readonly count: number;
}

export interface TallyOptions {
  readonly minSeverity: Severity;
  readonly perObject: number;
  readonly perNamespace: number;
  readonly total: number;
}

interface Group {
  listed: Finding[];
  fail: number;
  warn: number;
}

const OTHER = 'other';
const worstFirst = (a: Finding, b: Finding): number =>
  severityRank(b.severity) - severityRank(a.severity) || Number(b.action === 'deny') - Number(a.action === 'deny');
const objectKey = ({ apiVersion, kind, namespace, name }: ObjectRef): string => [apiVersion, kind, namespace ?? '', name].join('/');

/** What is kept of a finding: values may be as large as objects. */
const slim = (finding: Finding): Finding => ({ ...finding, value: undefined, patch: undefined });

export const createTally = ({ minSeverity, perObject, perNamespace, total }: TallyOptions): Tally => {
  const groups = new Map<string, Group>();
  const counts = new Map<string, { readonly labels: Omit<FindingCount, 'count'>; count: number }>();
  const ofObject = new Map<string, number>();
  const left: Record<Bound, number> = { severity: 0, object: 0, namespace: 0, total: 0 };
  let findings = 0;

  const count = ({ policy, severity, object: { namespace = '' } }: Finding): void => {
    const key = `${policy}/${severity}/${namespace}`;
    const known = counts.get(key);
    if (known) known.count += 1;
    else counts.set(key, { labels: { policy, severity, namespace }, count: 1 });
  };
  const groupOf = (namespace: string): Group => {
    let group = groups.get(namespace);
    if (!group) {
      group = { listed: [], fail: 0, warn: 0 };
      groups.set(namespace, group);
    }
    return group;
  };
  /** Sorting now and then is cheaper than a heap, and memory stays below twice the bound. */
  const prune = (group: Group): void => {
    group.listed.sort(worstFirst);
    left.namespace += group.listed.length - perNamespace;
    group.listed.length = perNamespace;
  };
  const list = (group: Group, finding: Finding): void => {
    if (severityRank(finding.severity) < severityRank(minSeverity)) {
      left.severity += 1;
      return;
    }
    const key = objectKey(finding.object);
    const before = ofObject.get(key) ?? 0;
    if (before >= perObject) {
      left.object += 1;
      return;
    }
    ofObject.set(key, before + 1);
    group.listed.push(slim(finding));
    if (group.listed.length >= 2 * perNamespace) prune(group);
  };

  return {
    get findings() {
      return findings;
    },
    add: (found) => {
      findings += found.length;
      // One object's worst come first: its bound then keeps the mildest out.
      for (const finding of found.length > 1 ? [...found].sort(worstFirst) : found) {
        count(finding);
        const group = groupOf(finding.object.namespace ?? '');
        if (finding.action === 'deny') group.fail += 1;
        else group.warn += 1;
        list(group, finding);
      }
    },
    namespaces: () => {
      for (const group of groups.values()) {
        if (group.listed.length > perNamespace) prune(group);
        group.listed.sort(worstFirst);
      }
      let room = total;
      const result = new Map<string, NamespaceTally>();
      const fits = new Map<Group, number>();
      for (const severity of ['critical', 'high', 'medium', 'low'] as const)
        for (const group of groups.values()) {
          const wanted = group.listed.filter((finding) => finding.severity === severity).length;
          const taken = Math.min(wanted, room);
          room -= taken;
          left.total += wanted - taken;
          fits.set(group, (fits.get(group) ?? 0) + taken);
        }
      for (const [namespace, group] of [...groups].sort(([a], [b]) => (a < b ? -1 : 1))) {
        group.listed.length = fits.get(group) ?? 0;
        result.set(namespace, { listed: group.listed, fail: group.fail, warn: group.warn });
      }
      return result;
    },
    series: (max) => {
      const all = [...counts.values()].map(({ labels, count: value }) => ({ ...labels, count: value })).sort((a, b) => b.count - a.count);
      if (all.length <= max) return all;
      const rest = new Map<Severity, number>();
      for (const { severity, count: value } of all.slice(max)) rest.set(severity, (rest.get(severity) ?? 0) + value);
      return [...all.slice(0, max), ...[...rest].map(([severity, value]) => ({ policy: OTHER, severity, namespace: OTHER, count: value }))];
    },
    leftOut: () => ({ ...left }),
  };
};
