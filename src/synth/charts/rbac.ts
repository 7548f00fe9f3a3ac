import { k8s } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import type { RbacRule } from '../../conventions/index.ts';
import type { Bundle, Process } from '../options/bundle.ts';
import { processLabels, wave } from './labels.ts';

const API_GROUP = 'rbac.authorization.k8s.io';

const policyRule = ({ apiGroups, resources, verbs, resourceNames }: RbacRule, fullName: string): k8s.PolicyRule => ({
  apiGroups: [...apiGroups],
  resources: [...resources],
  verbs: [...verbs],
  ...(resourceNames ? { resourceNames: resourceNames.map((one) => one.replace('{fullName}', fullName)) } : {}),
});

/** The service account of a process, and exactly the rights it declares: in the own or in named namespaces where that is enough. */
export const addAccess = (scope: Construct, bundle: Bundle, process: Process): void => {
  const { rbac } = process.declaration;
  const { namespace } = bundle;
  const name = process.fullName;
  const labels = { ...processLabels(bundle, process) };
  const annotations = { ...wave('access') };
  new k8s.KubeServiceAccount(scope, 'service-account', {
    metadata: { name, namespace, labels, annotations },
    automountServiceAccountToken: false,
  });
  const subjects = [{ kind: 'ServiceAccount', name, namespace }];
  const own = rbac.filter((rule) => rule.ownNamespace);
  if (own.length > 0) {
    const metadata = { name, namespace, labels, annotations };
    new k8s.KubeRole(scope, 'role', { metadata, rules: own.map((rule) => policyRule(rule, name)) });
    new k8s.KubeRoleBinding(scope, 'role-binding', { metadata, roleRef: { apiGroup: API_GROUP, kind: 'Role', name }, subjects });
  }
  const byNamespace = new Map<string, RbacRule[]>();
  for (const rule of rbac) for (const one of rule.namespaces ?? []) byNamespace.set(one, [...(byNamespace.get(one) ?? []), rule]);
  for (const [one, rules] of byNamespace) {
    const metadata = { name, namespace: one, labels, annotations };
    new k8s.KubeRole(scope, `role-${one}`, { metadata, rules: rules.map((rule) => policyRule(rule, name)) });
    new k8s.KubeRoleBinding(scope, `role-binding-${one}`, { metadata, roleRef: { apiGroup: API_GROUP, kind: 'Role', name }, subjects });
  }
  const everywhere = rbac.filter((rule) => !rule.ownNamespace && !rule.namespaces);
  if (everywhere.length > 0) {
    const metadata = { name, labels, annotations };
    new k8s.KubeClusterRole(scope, 'cluster-role', { metadata, rules: everywhere.map((rule) => policyRule(rule, name)) });
    new k8s.KubeClusterRoleBinding(scope, 'cluster-role-binding', {
      metadata,
      roleRef: { apiGroup: API_GROUP, kind: 'ClusterRole', name },
      subjects,
    });
  }
};
