/**
 * An admission webhook of a process. The bundle writes it without a CA: cert-manager or the process puts that in, under a field manager of
 * its own, and no GitOps controller takes it out again.
 */
export interface WebhookDeclaration {
  readonly kind: 'validating' | 'mutating';
  /** Last part of the object's name. */
  readonly name: string;
  /** Webhooks of one object, in the order in which they are listed. */
  readonly hooks: readonly HookDeclaration[];
}

export interface HookDeclaration {
  /** A domain name of at least three parts. */
  readonly name: string;
  /** Name of a declared port, and the path asked there. */
  readonly port: string;
  readonly path: string;
  readonly rules: readonly {
    readonly apiGroups: readonly string[];
    readonly apiVersions: readonly string[];
    readonly resources: readonly string[];
    readonly operations: readonly ('CREATE' | 'UPDATE' | 'DELETE' | 'CONNECT' | '*')[];
    readonly scope?: 'Namespaced' | 'Cluster' | '*';
  }[];
  /** What the API server does when nobody answers. */
  readonly failurePolicy: 'Ignore' | 'Fail';
  /** False where no option may make it `Fail`. */
  readonly mayFail?: boolean;
  /** 1 to 30. */
  readonly timeoutSeconds: number;
  /** Namespaces that are never asked about, beside that of the bundle, which must come up while nobody answers. */
  readonly exemptNamespaces: readonly string[];
  /** Further conditions on labels of the namespace or the object. */
  readonly namespaceExpressions?: readonly LabelExpression[];
  readonly objectExpressions?: readonly LabelExpression[];
  readonly matchConditions?: readonly { readonly name: string; readonly expression: string }[];
}

export interface LabelExpression {
  readonly key: string;
  readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
  readonly values?: readonly string[];
}
