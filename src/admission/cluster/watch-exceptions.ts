import {
  type BellwetherError,
  type Clock,
  createObjectMirror,
  type KubernetesClient,
  type KubernetesObject,
  type Logger,
  type Random,
  toBellwetherError,
} from '../../platform/index.ts';
import { EXCEPTION_KIND, type PolicyException, parseExceptions } from '../../policy/index.ts';

export interface ClusterWatchDeps {
  readonly client: Pick<KubernetesClient, 'list' | 'watch'>;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Pick<Logger, 'warn' | 'info'>;
  readonly onError: (kind: string, error: BellwetherError) => void;
}

/** Follows PolicyException resources; one that is wrong is told in the log, counted and not in force. Never rejects. */
export const watchExceptions = (
  { client, clock, random, log, onError }: ClusterWatchDeps,
  maxDays: number,
  onChange: (exceptions: readonly PolicyException[], invalid: number) => void,
  signal: AbortSignal,
): Promise<void> => {
  const told = new Set<string>();
  const mirror = createObjectMirror<KubernetesObject>({ client, clock, random }, EXCEPTION_KIND, {
    onError: (error) => onError(EXCEPTION_KIND.kind, error),
    onChange: () => {
      let invalid = 0;
      const exceptions: PolicyException[] = [];
      for (const resource of mirror.values()) {
        try {
          exceptions.push(...parseExceptions(resource, resource.metadata.name, { nowMs: clock.nowMs(), maxDays }));
        } catch (thrown) {
          invalid += 1;
          const key = `${resource.metadata.uid}/${resource.metadata.resourceVersion}`;
          // Once per version, not with every change of another one.
          if (!told.has(key)) log.warn({ problem: toBellwetherError(thrown).message }, 'an exception is not in force');
          told.add(key);
        }
      }
      onChange(exceptions, invalid);
    },
  });
  return mirror.run(signal);
};
