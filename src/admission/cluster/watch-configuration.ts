import { CONFIGURATION_KIND } from '../../conventions/index.ts';
import { createObjectMirror, type KubernetesObject, toBellwetherError } from '../../platform/index.ts';
import type { PolicyConfig } from '../../policy/index.ts';
import { checkPolicies } from '../config/load-config.ts';
import type { ClusterWatchDeps } from './watch-exceptions.ts';

/**
 * Follows one PolicyConfiguration. `onChange` gets its content; undefined where there is none, so that the file counts again. One that is
 * wrong changes nothing and is told. Never rejects.
 */
export const watchConfiguration = (
  { client, clock, random, log, onError }: ClusterWatchDeps,
  name: string,
  onChange: (config: PolicyConfig | undefined) => void,
  signal: AbortSignal,
): Promise<void> => {
  let seen: string | undefined;
  const mirror = createObjectMirror<KubernetesObject>({ client, clock, random }, CONFIGURATION_KIND, {
    fieldSelector: `metadata.name=${name}`,
    onError: (error) => onError(CONFIGURATION_KIND.kind, error),
    onChange: () => {
      const resource = mirror.get(name);
      const version = resource?.metadata.resourceVersion;
      if (version === seen) return;
      seen = version;
      try {
        onChange(resource && checkPolicies(resource.spec, `${CONFIGURATION_KIND.kind} ${name}`, clock.nowMs()));
        log.info(
          { name, generation: resource?.metadata.generation },
          resource ? 'policies taken from the cluster' : 'policies taken from the file',
        );
      } catch (thrown) {
        log.warn({ problem: toBellwetherError(thrown).message }, 'the policies of the cluster are wrong; the last good ones stay in force');
      }
    },
  });
  return mirror.run(signal);
};
