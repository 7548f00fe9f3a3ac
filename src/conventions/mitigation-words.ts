import { API_VERSION } from './policy-words.ts';

/** A bounded, expiring change and what became of it. */
export const MITIGATION_KIND = { apiVersion: API_VERSION, kind: 'Mitigation' } as const;

/**
 * Name under which our writes stand in `managedFields`. It must not begin with `kubectl`, `before-first-apply` or the name of a GitOps
 * controller: Flux takes away what such managers wrote.
 */
export const MITIGATION_FIELD_MANAGER = 'bellwether-mitigation';

/** Names of separate objects begin so. */
export const MITIGATION_NAME_PREFIX = 'bellwether-mit-';

export const MITIGATION_LABELS = {
  /** On each object of ours: `true`. Only objects that carry it are ever deleted. */
  managed: 'bellwether.dev/mitigation-managed',
  /** On each object of ours: the name of its Mitigation. */
  name: 'bellwether.dev/mitigation-name',
  /** On each object of ours: the back-end that wrote it. */
  backEnd: 'bellwether.dev/mitigation-back-end',
  /** On a namespace: `enforce` lets limits bite there, and lets mild ones begin without a person; anything else is dry run. */
  optIn: 'bellwether.dev/mitigation',
  /** On an object of the user, `true`: a limiter that routes refer to already and that lets everything pass until a mitigation turns it. */
  dial: 'bellwether.dev/mitigation-dial',
} as const;

export const MITIGATION_ANNOTATIONS = {
  /** On each object that a mitigation changed, RFC 3339: whoever finds it later may take it back. */
  expiresAt: 'bellwether.dev/mitigation-expires-at',
  /** On objects that are not ours alone: what stood there before, so that a process without any other memory can restore it. */
  restore: 'bellwether.dev/mitigation-restore',
  /** Why: the alert or the words of a person. */
  reason: 'bellwether.dev/mitigation-reason',
  /** Keeps Argo CD from calling an application out of sync for an object of ours. */
  argoIgnore: 'argocd.argoproj.io/compare-options',
} as const;

/** Namespaces that no mitigation touches, whatever is configured; the bundle's own comes on top. A `*` stands for any ending. */
export const PROTECTED_NAMESPACES: readonly string[] = [
  'kube-system',
  'kube-public',
  'kube-node-lease',
  'monitoring',
  'ingress-nginx',
  'nginx-gateway',
  'nginx-ingress',
  'envoy-gateway-system',
  'traefik',
  'kong',
  'kuadrant-system',
  'istio-system',
  'cilium',
  'cilium-secrets',
  'gateway-system',
  'projectcontour',
  'cert-manager',
  'argocd',
  'flux-system',
  'calico-system',
  'tigera-operator',
  'openshift-*',
];

/** How a back-end reaches the data plane: an object of its own, a dial on an object that routes refer to already, fields on a user's object. */
export type AttachStyle = 'object' | 'dial' | 'field';

/** One kind that a back-end writes, as RBAC and admission name it. */
export interface WrittenKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  /** Plural, lower case. */
  readonly resource: string;
}
