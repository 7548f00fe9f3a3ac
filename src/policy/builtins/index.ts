import type { Builtins } from '../load/load-policy.ts';
import { PSS_RULES } from '../pss/index.ts';
import { API_RULES } from './api.ts';
import { AUTOSCALING_RULES } from './autoscaling.ts';
import { AVAILABILITY_RULES } from './availability.ts';
import { BACKEND_RULES } from './backends.ts';
import { CLUSTER_TOOL_RULES } from './cluster-tools.ts';
import { CONTAINER_SECURITY_RULES } from './container-security.ts';
import { CONTROL_PLANE_RULES } from './control-plane.ts';
import { DISRUPTION_RULES } from './disruption.ts';
import { HOST_VOLUME_RULES } from './host-volumes.ts';
import { IMAGE_RULES } from './images.ts';
import { INGRESS_RULES } from './ingresses.ts';
import { MESH_RULES } from './mesh.ts';
import { METADATA_RULES } from './metadata.ts';
import { MONITOR_RULES } from './monitors.ts';
import { NAMESPACE_RULES } from './namespaces.ts';
import { NETWORK_POLICY_RULES } from './network-policies.ts';
import { POD_HYGIENE_RULES } from './pod-hygiene.ts';
import { POD_IDENTITY_RULES } from './pod-identity.ts';
import { PROBE_RULES } from './probes.ts';
import { RBAC_RULES } from './rbac.ts';
import { REFERENCE_RULES } from './references.ts';
import { RESOURCE_RULES } from './resources.ts';
import { SECRET_RULES } from './secrets.ts';
import { SERVICE_RULES } from './services.ts';
import { STORAGE_RULES } from './storage.ts';
import { VULNERABLE_IMAGE_RULES } from './vulnerable-images.ts';
import { WEBHOOK_RULES } from './webhooks.ts';
import { WORKLOAD_RULES } from './workloads.ts';

/** Every function that a policy file may name in `builtin`, by that name. */
export const BUILTINS: Builtins = {
  ...PSS_RULES,
  ...API_RULES,
  ...CONTAINER_SECURITY_RULES,
  ...HOST_VOLUME_RULES,
  ...POD_IDENTITY_RULES,
  ...POD_HYGIENE_RULES,
  ...RESOURCE_RULES,
  ...PROBE_RULES,
  ...WORKLOAD_RULES,
  ...AVAILABILITY_RULES,
  ...AUTOSCALING_RULES,
  ...DISRUPTION_RULES,
  ...METADATA_RULES,
  ...REFERENCE_RULES,
  ...IMAGE_RULES,
  ...SECRET_RULES,
  ...RBAC_RULES,
  ...CONTROL_PLANE_RULES,
  ...CLUSTER_TOOL_RULES,
  ...VULNERABLE_IMAGE_RULES,
  ...WEBHOOK_RULES,
  ...STORAGE_RULES,
  ...NAMESPACE_RULES,
  ...MESH_RULES,
  ...BACKEND_RULES,
  ...INGRESS_RULES,
  ...MONITOR_RULES,
  ...NETWORK_POLICY_RULES,
  ...SERVICE_RULES,
};
