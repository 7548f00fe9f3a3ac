import type { DeclaredObject } from './declaration.ts';

/** What a guard of the API server looks at and asks for; every default of the kind is written out by `admissionGuard`. */
export interface AdmissionGuard {
  readonly name: string;
  readonly resources: readonly {
    readonly apiGroups: readonly string[];
    readonly apiVersions?: readonly string[];
    readonly resources: readonly string[];
    readonly operations: readonly ('CREATE' | 'UPDATE' | 'DELETE')[];
  }[];
  readonly objectSelector?: Readonly<Record<string, unknown>>;
  /** CEL: it is asked only where all hold. */
  readonly matchConditions: readonly { readonly name: string; readonly expression: string }[];
  readonly variables?: readonly { readonly name: string; readonly expression: string }[];
  /** CEL: what fails is forbidden, with the message. */
  readonly validations: readonly { readonly expression: string; readonly message?: string; readonly messageExpression?: string }[];
}

/** A ValidatingAdmissionPolicy and its binding, enforced by the API server itself (Kubernetes 1.30 and above); who cannot be judged is refused. */
export const admissionGuard = ({
  name,
  resources,
  objectSelector = {},
  matchConditions,
  variables,
  validations,
}: AdmissionGuard): readonly DeclaredObject[] => [
  {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicy',
    metadata: { name },
    spec: {
      failurePolicy: 'Fail',
      matchConstraints: {
        matchPolicy: 'Equivalent',
        namespaceSelector: {},
        objectSelector,
        resourceRules: resources.map((rule) => ({
          apiGroups: [...rule.apiGroups],
          apiVersions: [...(rule.apiVersions ?? ['*'])],
          operations: [...rule.operations],
          resources: [...rule.resources],
          scope: '*',
        })),
      },
      matchConditions,
      ...(variables ? { variables } : {}),
      validations: validations.map((validation) => ({ ...validation, reason: 'Forbidden' })),
    },
  },
  {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicyBinding',
    metadata: { name },
    spec: { policyName: name, validationActions: ['Deny'] },
  },
];
