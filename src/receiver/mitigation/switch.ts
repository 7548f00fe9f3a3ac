import { MITIGATION_FIELD_MANAGER } from '../../conventions/index.ts';
import { type KubernetesClient, type KubernetesObject, toBellwetherError } from '../../platform/index.ts';

/** `off`: nothing new begins. `revert`: what is in force is taken back as well. */
export type SwitchState = 'on' | 'off' | 'revert';

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
const VALUES: Readonly<Record<SwitchState, string>> = { on: 'true', off: 'false', revert: 'revert' };

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
      try {
        const found = await client.find<SwitchMap>({ ...KIND, name, namespace });
        const value = found?.data?.enabled ?? 'true';
        if (value === 'true') take('on', undefined);
        else if (value === 'revert') take('revert', `everything is taken back by ${where}`);
        // Whatever else somebody wrote in an emergency was not meant as yes.
        else take('off', `switched off by ${where}`);
      } catch (thrown) {
        // What is in force keeps its end; whether to take it back is not known.
        take('off', `${where} cannot be read: ${toBellwetherError(thrown).message}`);
      }
    },
    write: async (next, by) => {
      await client.apply<SwitchMap>(
        { ...KIND, metadata: { name, namespace, annotations: { 'bellwether.dev/switched-by': by } }, data: { enabled: VALUES[next] } },
        { fieldManager: MITIGATION_FIELD_MANAGER, force: true },
      );
      take(next, next === 'on' ? undefined : `switched ${next} by ${by}`);
    },
  };
};
