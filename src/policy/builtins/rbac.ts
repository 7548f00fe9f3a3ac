import { FINE, objectRule, type Violation } from '../model/policy.ts';
import { listOf, recordOf, stringsOf } from '../model/value.ts';
import { labelsOf, nameOf } from './facts.ts';
import { grantedVerbs, rightsRule, rulesOf } from './rbac-rules.ts';

const RBAC = 'rbac.authorization.k8s.io';
const READ = ['get', 'list', 'watch'] as const;
const WRITE = ['create', 'update', 'patch'] as const;
const CHANGE = ['update', 'patch'] as const;
const REMOVE = ['delete', 'deletecollection'] as const;

const wildcard = (field: 'verbs' | 'resources') =>
  objectRule((object, input) => {
    const found = rulesOf(object, input).flatMap(({ rule, path }) =>
      listOf(rule[field]).flatMap((entry, j): Violation[] =>
        entry === '*' ? [{ path: `${path}/${field}/${j}`, value: '*', expected: 'names' }] : [],
      ),
    );
    return found.length > 0 ? found : FINE;
  });

const IMPERSONATED: ReadonlySet<string> = new Set(['users', 'groups', 'serviceaccounts', 'uids', 'userextras']);
const ESCALATED: ReadonlySet<string> = new Set(['roles', 'clusterroles', 'rolebindings', 'clusterrolebindings']);

/** Verbs that stand for themselves: they exist for a few resources only, so `*` counts only there. */
const specialVerbs = (verbs: readonly string[], resources: ReadonlySet<string>, groups: readonly string[], dangerous: string) =>
  objectRule((object, input) => {
    const found = rulesOf(object, input).flatMap(({ rule, path }): Violation[] => {
      const names = stringsOf(rule.resourceNames);
      if (names.length > 0 && !names.includes(dangerous)) return [];
      const entries = stringsOf(rule.resources);
      const inGroup = stringsOf(rule.apiGroups).some((group) => group === '*' || groups.includes(group));
      if (!inGroup || !entries.some((entry) => entry === '*' || resources.has(entry.replace(/\/.*$/, '')))) return [];
      return listOf(rule.verbs).flatMap((verb, j): Violation[] =>
        typeof verb === 'string' && (verb === '*' || verbs.includes(verb))
          ? [
              {
                path: `${path}/verbs/${j}`,
                value: verb,
                message: `${String(object.kind)} ${nameOf(object)} may ${verb === '*' ? 'do everything with' : verb} ${entries.join(', ')}`,
              },
            ]
          : [],
      );
    });
    return found.length > 0 ? found : FINE;
  });

/** Changing the DNS of the cluster: configmaps of kube-system, or the one by its name. */
const networkConfigMap = objectRule((object, input) => {
  const { namespace } = recordOf(object.metadata);
  // A Role reaches only its own namespace; one that does not say is judged by the names in it.
  const reachesAll = object.kind === 'ClusterRole' || namespace === 'kube-system';
  const found = rulesOf(object, input).flatMap(({ rule, path }): Violation[] => {
    const names = stringsOf(rule.resourceNames);
    const isDns = names.includes('coredns') && (reachesAll || namespace === undefined);
    if (!(names.length > 0 ? isDns : reachesAll) || !stringsOf(rule.apiGroups).some((group) => group === '' || group === '*')) return [];
    if (grantedVerbs(rule, CHANGE).length === 0) return [];
    return listOf(rule.resources).flatMap((entry, j): Violation[] =>
      entry === 'configmaps' || entry === '*'
        ? [{ path: `${path}/resources/${j}`, value: entry, expected: 'configmaps with other resourceNames' }]
        : [],
    );
  });
  return found.length > 0 ? found : FINE;
});

const SYSTEM_ADMINS: ReadonlySet<unknown> = new Set(['system:masters', 'kubeadm:cluster-admins']);

/** cluster-admin for anybody but the administrators that the cluster was made with. */
const clusterAdminBinding = objectRule((object, { base }) => {
  const { kind, name } = recordOf(object.roleRef);
  if (kind !== 'ClusterRole' || name !== 'cluster-admin') return FINE;
  const subjects = listOf(object.subjects).map(recordOf);
  if (subjects.length > 0 && subjects.every((subject) => subject.kind === 'Group' && SYSTEM_ADMINS.has(subject.name))) return FINE;
  const who = subjects.map((subject) => `${String(subject.kind)} ${String(subject.name)}`).join(', ');
  const where = object.kind === 'RoleBinding' ? ' in its namespace' : '';
  const message = `${String(object.kind)} ${nameOf(object)} gives ${who || 'its subjects'} all rights${where}; bind a role with only the needed ones`;
  return [{ path: `${base}/roleRef/name`, value: name, expected: 'a smaller role', message }];
});

const EVERYBODY: ReadonlySet<unknown> = new Set([
  'system:anonymous',
  'system:unauthenticated',
  'system:authenticated',
  'system:masters',
  // Of every namespace, those of the system among them.
  'system:serviceaccounts',
]);
/** Roles that show only what everybody may know; the API server binds them so, or its documentation says to. */
const PUBLIC_ROLES: ReadonlySet<unknown> = new Set([
  'system:basic-user',
  'system:discovery',
  'system:public-info-viewer',
  'system:service-account-issuer-discovery',
]);
/** Bindings that kubeadm and the API server make; the label could be written by anybody. */
const BOOTSTRAP_BINDINGS: ReadonlySet<string> = new Set(['cluster-admin', 'kubeadm:bootstrap-signer-clusterinfo']);

const systemGroups = objectRule((object, { base }) => {
  const role = recordOf(object.roleRef).name;
  const isBootstrap =
    BOOTSTRAP_BINDINGS.has(nameOf(object)) &&
    (role === nameOf(object) || labelsOf(object)['kubernetes.io/bootstrapping'] === 'rbac-defaults');
  if (PUBLIC_ROLES.has(role) || isBootstrap) return FINE;
  return listOf(object.subjects).flatMap((item, i): Violation[] => {
    const { kind, name } = recordOf(item);
    if ((kind !== 'Group' && kind !== 'User') || !EVERYBODY.has(name)) return [];
    return [{ path: `${base}/subjects/${i}/name`, value: name, expected: 'a group of your own' }];
  });
});

const EXEC = ['pods/exec', 'pods/attach'] as const;
const FORWARD = ['pods/portforward'] as const;
const WORKLOADS = ['deployments', 'replicasets', 'statefulsets', 'daemonsets', 'replicationcontrollers', 'jobs', 'cronjobs'] as const;

/** Roles and bindings. */
export const RBAC_RULES = {
  'rbac-wildcard-verb': wildcard('verbs'),
  'rbac-wildcard-resource': wildcard('resources'),
  'rbac-secrets': rightsRule({ groups: [''], resources: ['secrets'], verbs: READ, means: 'a holder can read passwords and tokens' }),
  'rbac-create-pods': rightsRule(
    {
      groups: [''],
      resources: ['pods', 'replicationcontrollers'],
      verbs: ['create'],
      means: 'a pod may use every ServiceAccount and Secret of its namespace',
    },
    {
      groups: ['apps', 'batch', 'extensions'],
      resources: WORKLOADS,
      verbs: ['create'],
      means: 'their pods may use every ServiceAccount and Secret of their namespace',
    },
  ),
  'rbac-exec-attach': rightsRule(
    { groups: [''], resources: EXEC, verbs: ['create'], means: 'a holder can run commands in containers' },
    // Before 1.35 get was enough; whoever names the resource means it, who may read all resources does not.
    { groups: [''], resources: EXEC, verbs: ['get'], means: 'a holder can run commands in containers', isNamedOnly: true },
  ),
  'rbac-port-forward': rightsRule(
    { groups: [''], resources: FORWARD, verbs: ['create'], means: 'a holder reaches ports past NetworkPolicies' },
    { groups: [''], resources: FORWARD, verbs: ['get'], means: 'a holder reaches ports past NetworkPolicies', isNamedOnly: true },
  ),
  'rbac-escalate-bind': specialVerbs(['escalate', 'bind'], ESCALATED, [RBAC], 'cluster-admin'),
  'rbac-impersonate': specialVerbs(['impersonate'], IMPERSONATED, ['', 'authentication.k8s.io'], 'system:masters'),
  'rbac-nodes-proxy': rightsRule({
    groups: [''],
    resources: ['nodes/proxy'],
    verbs: ['get', 'create', 'update', 'patch', 'delete'],
    means: 'the API of the kubelet runs commands in every container of the node, past audit and admission',
  }),
  'rbac-webhook-config': rightsRule({
    groups: ['admissionregistration.k8s.io'],
    resources: ['validatingwebhookconfigurations', 'mutatingwebhookconfigurations'],
    verbs: [...WRITE, ...REMOVE],
    means: 'a webhook sees and changes everything that is written to the cluster',
  }),
  'rbac-csr-approve': rightsRule(
    {
      groups: ['certificates.k8s.io'],
      resources: ['certificatesigningrequests/approval'],
      verbs: CHANGE,
      means: 'a holder can make certificates for any user',
      counts: () => true,
    },
    {
      groups: ['certificates.k8s.io'],
      resources: ['signers'],
      verbs: ['approve', 'sign'],
      means: 'a holder can make certificates',
      counts: (names) =>
        names.length === 0 || names.some((name) => name.startsWith('kubernetes.io/kube-apiserver-client') || name === 'kubernetes.io/*'),
    },
  ),
  'rbac-token-create': rightsRule({
    groups: [''],
    resources: ['serviceaccounts/token'],
    verbs: ['create'],
    means: 'a holder can act as any ServiceAccount',
  }),
  'rbac-pv-create': rightsRule({
    groups: [''],
    resources: ['persistentvolumes'],
    verbs: ['create'],
    means: 'a hostPath volume gives every file of the nodes',
  }),
  'rbac-endpoints': rightsRule(
    {
      groups: [''],
      resources: ['endpoints'],
      verbs: WRITE,
      means: 'traffic of a Service can be led elsewhere, also into other namespaces',
    },
    {
      groups: ['discovery.k8s.io'],
      resources: ['endpointslices'],
      verbs: WRITE,
      means: 'traffic of a Service can be led elsewhere, also into other namespaces',
    },
  ),
  'rbac-service-status': rightsRule({
    groups: [''],
    resources: ['services/status'],
    verbs: CHANGE,
    means: 'an address of a load balancer can be claimed, and its traffic taken (CVE-2020-8554)',
  }),
  'rbac-delete-events-logs': rightsRule(
    { groups: ['', 'events.k8s.io'], resources: ['events'], verbs: REMOVE, means: 'traces of an attack can be removed' },
    { groups: [''], resources: ['pods/log'], verbs: [...REMOVE, 'update'], means: 'traces of an attack can be removed' },
  ),
  'rbac-network-configmap': networkConfigMap,
  'rbac-self-add': rightsRule({
    groups: [RBAC],
    resources: ['rolebindings', 'clusterrolebindings'],
    verbs: CHANGE,
    means: 'a holder can add subjects to bindings',
  }),
  'aws-auth': rightsRule({
    groups: [''],
    resources: ['configmaps'],
    verbs: [...WRITE, ...REMOVE],
    means: 'the ConfigMap aws-auth says who is administrator of an EKS cluster',
    counts: (names) => names.includes('aws-auth'),
  }),
  'cluster-admin-binding': clusterAdminBinding,
  'rbac-system-groups': systemGroups,
} as const;
