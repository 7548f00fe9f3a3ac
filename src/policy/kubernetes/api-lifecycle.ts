import { API_LIFECYCLE } from './api-lifecycle.generated.ts';

/** When an API came and went, as minor versions: 22 of 1.22. */
export interface ApiLifecycle {
  readonly deprecated: number | undefined;
  readonly removed: number | undefined;
  /** `networking.k8s.io/v1 Ingress`; undefined where nothing takes its place. */
  readonly replacement: string | undefined;
}

// APIs whose types carry no such note: alpha versions, and those that were deleted before the notes came (deprecation guide and changelogs).
const EARLIER: readonly string[] = [
  ...['ClusterRole', 'ClusterRoleBinding', 'Role', 'RoleBinding'].map(
    (kind) => `rbac.authorization.k8s.io/v1alpha1 ${kind}||17|22|rbac.authorization.k8s.io/v1 ${kind}`,
  ),
  'scheduling.k8s.io/v1alpha1 PriorityClass||14|17|scheduling.k8s.io/v1 PriorityClass',
  'settings.k8s.io/v1alpha1 PodPreset||19|20|',
  'batch/v2alpha1 CronJob||20|21|batch/v1 CronJob',
  'auditregistration.k8s.io/v1alpha1 AuditSink||18|19|',
  'v1 Endpoints||33||discovery.k8s.io/v1 EndpointSlice',
  'v1 ComponentStatus||19||',
];

const minorOf = (text: string | undefined): number | undefined => (text ? Number(text) : undefined);

const LIFECYCLES: ReadonlyMap<string, ApiLifecycle> = new Map(
  [...EARLIER, ...API_LIFECYCLE].map((line) => {
    const [api = '', , deprecated, removed, replacement] = line.split('|');
    return [api, { deprecated: minorOf(deprecated), removed: minorOf(removed), replacement: replacement || undefined }];
  }),
);

/** `extensions/v1beta1`, `Ingress`; undefined for APIs that stay. */
export const lifecycleOf = (apiVersion: string, kind: string): ApiLifecycle | undefined => LIFECYCLES.get(`${apiVersion} ${kind}`);

/** The API that takes the place of a removed one in a version, following replacements that are removed themselves. */
export const replacementOf = (lifecycle: ApiLifecycle, minor: number): string | undefined => {
  let { replacement } = lifecycle;
  // Bounded: a chain of replacements is as long as an API has versions.
  for (let i = 0; i < 5 && replacement !== undefined; i++) {
    const next = LIFECYCLES.get(replacement);
    if (next?.removed === undefined || next.removed > minor) return replacement;
    replacement = next.replacement;
  }
  return replacement;
};
