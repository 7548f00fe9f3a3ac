import { type Finding, type ObjectRef, SEVERITIES, type Severity, severityRank } from '../../policy/index.ts';
import type { FileFinding } from '../finding.ts';
import type { Report } from './report.ts';

/** Of every report of ours; one stands in each namespace. */
export const REPORT_NAME = 'bellwether-policies';
const SOURCE = 'bellwether';
// An object of etcd has at most 1.5 MiB, a result about half a kilobyte; nobody reads more than this of one namespace.
const MAX_RESULTS = 500;
const MAX_MESSAGE_LENGTH = 500;

/** The two report formats that dashboards read: the newer one, and the one before it. */
export interface ReportKinds {
  readonly apiVersion: string;
  readonly namespaced: string;
  readonly cluster: string;
  /** The source of all results stands on top. */
  readonly hasSource: boolean;
}
export const OPEN_REPORTS: ReportKinds = {
  apiVersion: 'openreports.io/v1alpha1',
  namespaced: 'Report',
  cluster: 'ClusterReport',
  hasSource: true,
};
export const POLICY_REPORTS: ReportKinds = {
  apiVersion: 'wgpolicyk8s.io/v1alpha2',
  namespaced: 'PolicyReport',
  cluster: 'ClusterPolicyReport',
  hasSource: false,
};

const reference = ({ apiVersion, kind, namespace, name }: ObjectRef) => ({ apiVersion, kind, ...(namespace ? { namespace } : {}), name });

/** What fails the webhook's decision is `fail`, the rest `warn`. No time: the same findings give the same bytes, and no write to etcd. */
const resultOf = ({ policy, severity, action, object, path, message, container, fix }: Finding, category: string) => ({
  source: SOURCE,
  policy,
  category,
  severity,
  result: action === 'deny' ? 'fail' : 'warn',
  scored: action === 'deny',
  resources: [reference(object)],
  message: message.slice(0, MAX_MESSAGE_LENGTH),
  properties: { path, fix, ...(container === undefined ? {} : { container }) },
});

/** What a report says of one namespace. */
export interface ReportContent {
  /** Empty for objects without one. */
  readonly namespace: string;
  /** The results, in this order. */
  readonly listed: readonly Finding[];
  /** Of everything, also of what is not listed. */
  readonly fail: number;
  readonly warn: number;
}

/** One report as an object of the API. `groups` gives the group of a policy, which is the category of its results. */
export const reportObject = (
  { apiVersion, namespaced, cluster, hasSource }: ReportKinds,
  { namespace, listed, fail, warn }: ReportContent,
  groups: ReadonlyMap<string, string>,
) => ({
  apiVersion,
  kind: namespace === '' ? cluster : namespaced,
  metadata: {
    name: REPORT_NAME,
    ...(namespace === '' ? {} : { namespace }),
    labels: { 'app.kubernetes.io/managed-by': SOURCE },
  },
  ...(hasSource ? { source: SOURCE } : {}),
  summary: { pass: 0, fail, warn, error: 0, skip: 0 },
  results: listed.map((finding) => resultOf(finding, groups.get(finding.policy) ?? '')),
});

const render =
  (kinds: ReportKinds) =>
  ({ findings, policies }: Report): string => {
    const groups = new Map<string, string>(policies.map(({ id, group }) => [id, group]));
    const byNamespace = new Map<string, FileFinding[]>();
    for (const finding of findings) {
      const namespace = finding.object.namespace ?? '';
      const list = byNamespace.get(namespace);
      if (list) list.push(finding);
      else byNamespace.set(namespace, [finding]);
    }
    const items = [...byNamespace.keys()].sort().map((namespace) => {
      const all = byNamespace.get(namespace) ?? [];
      const fail = all.filter(({ action }) => action === 'deny').length;
      return reportObject(kinds, { namespace, listed: worstFirst(all).slice(0, MAX_RESULTS), fail, warn: all.length - fail }, groups);
    });
    return `${JSON.stringify({ apiVersion: 'v1', kind: 'List', items }, null, 2)}\n`;
  };

const worstFirst = (findings: readonly FileFinding[]): readonly FileFinding[] => {
  const bySeverity = new Map<Severity, FileFinding[]>(SEVERITIES.map((severity) => [severity, []]));
  for (const finding of findings) bySeverity.get(finding.severity)?.push(finding);
  return [...SEVERITIES].sort((a, b) => severityRank(b) - severityRank(a)).flatMap((severity) => bySeverity.get(severity) ?? []);
};

/** `--format openreports`: a List of Report and ClusterReport, one per namespace, failures only. */
export const formatOpenReports = render(OPEN_REPORTS);
/** `--format policyreports`: the same as PolicyReport and ClusterPolicyReport, for tools that do not know the newer kinds. */
export const formatPolicyReports = render(POLICY_REPORTS);
