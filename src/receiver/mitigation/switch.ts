import { MITIGATION_FIELD_MANAGER } from '../../conventions/index.ts';
import { readSwitch, SWITCH_VALUES, type SwitchState } from '../../mitigation/index.ts';
import type { KubernetesClient, KubernetesObject } from '../../platform/index.ts';

interface SwitchMap extends KubernetesObject {
  readonly data?: Readonly<Record<string, string>>;
}

export interface MitigationSwitch {
  readonly state: SwitchState;
  /** Why nothing may begin; undefined while it may. */
  readonly reason: string | undefined;
  /** Looks at the ConfigMap anew. Never rejects: what cannot be read is off. */
  read(): Promise<void>;
  write(state: SwitchState, by: string): Promise<void>;
}

const KIND = { apiVersion: 'v1', kind: 'ConfigMap' } as const;

/** The emergency switch: the key `enabled` of a ConfigMap, read in each round, and an environment variable that wins over it. */
export const createMitigationSwitch = (
  client: Pick<KubernetesClient, 'find' | 'apply'>,
  { name, namespace, forcedOff }: { readonly name: string; readonly namespace: string; readonly forcedOff: boolean },
): MitigationSwitch => {
  const where = `the ConfigMap ${namespace}/${name}`;
  // Until it has been read for the first time nothing begins.
  let state: SwitchState = 'off';
  let reason: string | undefined = `${where} has not been read yet`;
  const take = (next: SwitchState, why: string | undefined): void => {
    state = next;
    reason = forcedOff ? 'switched off by BELLWETHER_MITIGATION' : why;
  };
  return {
    get state() {
      return forcedOff && state === 'on' ? 'off' : state;
    },
    get reason() {
      return reason;
    },
    read: async () => {
      const found = await readSwitch(client, { name, namespace });
      take(found.state, found.reason);
    },
    write: async (next, by) => {
      await client.apply<SwitchMap>(
        {
          ...KIND,
          metadata: { name, namespace, annotations: { 'bellwether.dev/switched-by': by } },
          data: { enabled: SWITCH_VALUES[next] },
        },
        { fieldManager: MITIGATION_FIELD_MANAGER, force: true },
      );
      take(next, next === 'on' ? undefined : `switched ${next} by ${by}`);
    },
  };
};
