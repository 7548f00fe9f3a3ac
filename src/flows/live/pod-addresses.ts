import type { KubernetesObject } from '../../platform/index.ts';

/** An entry of a list of addresses, as `parseAddressMap` takes them. */
export interface AddressEntry {
  readonly address: string;
  readonly namespace: string;
  readonly kind: string;
  readonly workload: string;
}

interface PodStatus {
  readonly phase?: string;
  readonly podIP?: string;
  readonly podIPs?: readonly { readonly ip?: string }[];
}

const controllerOf = ({ metadata }: KubernetesObject) => metadata.ownerReferences?.find(({ controller }) => controller === true);
const ended = new Set(['Succeeded', 'Failed']);

/**
 * Who has which address: the pods that run, by the controller that made them. `owners` are ReplicaSets and Jobs, whose own controllers (Deployments, CronJobs) stand
 * for them. Pods on the network of their node are left out: their address is that of all the others there too.
 */
export const podAddresses = (pods: readonly KubernetesObject[], owners: readonly KubernetesObject[]): AddressEntry[] => {
  const above = new Map(
    owners.flatMap((owner) => {
      const controller = controllerOf(owner);
      return controller && owner.metadata.uid !== undefined ? [[owner.metadata.uid, controller] as const] : [];
    }),
  );
  const entries = new Map<string, AddressEntry>();
  for (const pod of pods) {
    const { phase, podIP, podIPs = [] } = (pod['status'] ?? {}) as PodStatus;
    const { hostNetwork } = (pod['spec'] ?? {}) as { readonly hostNetwork?: boolean };
    if (hostNetwork || (phase !== undefined && ended.has(phase))) continue;
    const direct = controllerOf(pod);
    const owner = direct && (above.get(direct.uid) ?? direct);
    const { namespace = '', name } = pod.metadata;
    for (const address of new Set([podIP, ...podIPs.map(({ ip }) => ip)]))
      if (address) entries.set(address, { address, namespace, kind: owner?.kind ?? 'Pod', workload: owner?.name ?? name });
  }
  return [...entries.values()].sort((a, b) => (a.address < b.address ? -1 : 1));
};
