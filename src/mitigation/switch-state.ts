import { type KubernetesClient, type KubernetesObject, toBellwetherError } from '../platform/index.ts';

/** `off`: nothing new begins. `revert`: what is in force is taken back as well. */
export type SwitchState = 'on' | 'off' | 'revert';

export interface SwitchReading {
  readonly state: SwitchState;
  /** Why nothing may begin; undefined while it may. */
  readonly reason: string | undefined;
}

interface SwitchMap extends KubernetesObject {
  readonly data?: Readonly<Record<string, string>>;
}

/** The values of the key `enabled`. */
export const SWITCH_VALUES: Readonly<Record<SwitchState, string>> = { on: 'true', off: 'false', revert: 'revert' };

/**
 * What the emergency switch says: the key `enabled` of a ConfigMap, on where there is none. Never rejects: what cannot be read is off, so that nothing
 * begins and nothing is taken back before its end.
 */
export const readSwitch = async (
  client: Pick<KubernetesClient, 'find'>,
  { name, namespace }: { readonly name: string; readonly namespace: string },
): Promise<SwitchReading> => {
  const where = `the ConfigMap ${namespace}/${name}`;
  try {
    const found = await client.find<SwitchMap>({ apiVersion: 'v1', kind: 'ConfigMap', name, namespace });
    const value = found?.data?.enabled ?? SWITCH_VALUES.on;
    if (value === SWITCH_VALUES.on) return { state: 'on', reason: undefined };
    if (value === SWITCH_VALUES.revert) return { state: 'revert', reason: `everything is taken back by ${where}` };
    // Whatever else somebody wrote in an emergency was not meant as yes.
    return { state: 'off', reason: `switched off by ${where}` };
  } catch (thrown) {
    return { state: 'off', reason: `${where} cannot be read: ${toBellwetherError(thrown).message}` };
  }
};
