import {
  applyExceptions,
  type Decision,
  decide,
  type Finding,
  type JsonRecord,
  type NamespacePolicies,
  newFindings,
  type PodPaths,
  type PolicyException,
  type RequestInfo,
  recordOf,
  stringOf,
} from '../../policy/index.ts';
import type { AdmissionRequest } from './admission-review.ts';

/** What is in force for one request. */
export interface Jurisdiction {
  readonly policies: NamespacePolicies;
  readonly exceptions: readonly PolicyException[];
  readonly namespaceObject?: JsonRecord;
  readonly podPaths?: PodPaths;
  readonly kubernetesMinor?: number;
  readonly nowMs: number;
  /** Put before the path of a policy's page. */
  readonly docsUrl: string;
}

/** A decision, and what led to it. */
export interface Judgement extends Decision {
  readonly findings: readonly Finding[];
  /** Names of exceptions that took a finding away. */
  readonly exceptions: readonly string[];
  /** Findings that an update did not add: they stay until somebody looks at them. */
  readonly kept: number;
}

/** Objects that controllers make from others: what is only a warning was told when the other one was judged. */
const hasController = (object: JsonRecord): boolean => {
  const owners = recordOf(object.metadata).ownerReferences;
  return Array.isArray(owners) && owners.some((owner) => recordOf(owner).controller === true);
};

/** The namespace is in the request; in the object it may be left out. */
const withNamespace = (object: JsonRecord, namespace: string | undefined): JsonRecord => {
  const metadata = recordOf(object.metadata);
  if (namespace === undefined || object.metadata === undefined || stringOf(metadata.namespace)) return object;
  return { ...object, metadata: { ...metadata, namespace } };
};

/**
 * Judges the object of a request. An update is denied only for what it adds: who scales down or relabels an object that was bad before must
 * not be stopped. Pure and synchronous.
 */
export const judge = (
  request: AdmissionRequest,
  object: JsonRecord,
  oldObject: JsonRecord | undefined,
  { policies, exceptions, nowMs, docsUrl, ...about }: Jurisdiction,
): Judgement => {
  const info: RequestInfo = request;
  const { namespace } = request;
  const subject = withNamespace(object, namespace);
  const before = oldObject && withNamespace(oldObject, namespace);
  const context = { ...about, nowMs };
  const found = policies.evaluate(subject, { ...context, request: info, ...(before ? { oldObject: before } : {}) });
  // The old object is judged only where it can matter, and as it was when it was made.
  const added =
    before && found.length > 0
      ? newFindings(found, policies.evaluate(before, { ...context, request: { ...info, operation: 'CREATE' } }))
      : found;
  const judged = applyExceptions(added, exceptions, nowMs);
  const findings = judged.findings.map((finding) => ({ ...finding, docs: `${docsUrl}${finding.docs}` }));
  const decision = decide(hasController(subject) ? findings.map(withoutWarning) : findings);
  return {
    ...decision,
    findings,
    exceptions: [...new Set(judged.excepted.map(({ exception }) => exception.name))],
    kept: found.length - added.length,
  };
};

const withoutWarning = (finding: Finding): Finding => (finding.action === 'warn' ? { ...finding, action: 'audit' } : finding);
