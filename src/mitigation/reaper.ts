import { MITIGATION_ANNOTATIONS, type WrittenKind } from '../conventions/index.ts';
import { type Clock, type KubernetesObject, toBellwetherError } from '../platform/index.ts';
import { type DataPlaneDeps, findChanged, removeFrom } from './data-plane.ts';
import { timeOf } from './mitigation.ts';

export interface ReaperDeps extends DataPlaneDeps {
  readonly clock: Clock;
}

export interface Reaped {
  readonly found: number;
  /** `Kind namespace/name`. */
  readonly removed: readonly string[];
  readonly failed: readonly { readonly object: string; readonly reason: string }[];
}

const shown = ({ kind, metadata }: KubernetesObject): string => `${kind} ${metadata.namespace ?? ''}/${metadata.name}`;

/** When a changed object is due. One without a readable end is due at once: everything of ours has one. */
const dueMs = ({ metadata }: KubernetesObject): number => timeOf(metadata.annotations?.[MITIGATION_ANNOTATIONS.expiresAt]) ?? 0;

/**
 * The dead man's hand: removes what is past its end, from the objects alone, without the receiver, its store or the Mitigation. Stays up to
 * `aheadMs` for what ends within it, so that a run every minute is late by seconds.
 */
export const reap = async (
  deps: ReaperDeps,
  kinds: readonly WrittenKind[],
  { aheadMs, signal }: { readonly aheadMs: number; readonly signal?: AbortSignal },
): Promise<Reaped> => {
  const { clock } = deps;
  const untilMs = clock.nowMs() + aheadMs;
  const removed: string[] = [];
  const failed = new Map<string, string>();
  let found = 0;
  for (;;) {
    const objects = await findChanged(deps, kinds);
    found = Math.max(found, objects.length);
    for (const object of objects.filter((one) => dueMs(one) <= clock.nowMs())) {
      try {
        if (await removeFrom(deps, object)) removed.push(shown(object));
        failed.delete(shown(object));
      } catch (thrown) {
        failed.set(shown(object), toBellwetherError(thrown).message);
      }
    }
    const next = Math.min(...objects.map(dueMs).filter((ms) => ms > clock.nowMs()));
    if (!(next <= untilMs) || signal?.aborted) break;
    await clock.sleep(next - clock.nowMs(), signal);
  }
  return { found, removed, failed: [...failed].map(([object, reason]) => ({ object, reason })) };
};
