import { BellwetherError, type Clock, type KubernetesClient } from '../platform/index.ts';
import { actAt, type DrillSchedule, phaseFile, QUIET } from './drill-schedule.ts';

export interface ConductorDeps {
  readonly clock: Clock;
  /** Absent outside of a cluster: then nothing is kept and nothing taken away. */
  readonly cluster: Pick<KubernetesClient, 'apply' | 'delete'> | undefined;
  /** Progress, for the log. */
  readonly say: (line: string) => void;
}

export interface ConductorOptions {
  readonly schedule: DrillSchedule;
  readonly namespace: string;
  /** Of the names of the lab's workloads. */
  readonly prefix: string;
}

const PHASES_KEY = 'phases.json';
const LOOK_EVERY_MS = 1_000;
const FIELD_MANAGER = 'bellwether-lab';

/**
 * Waits for the end of a drill, telling each change, then keeps the phase file in a ConfigMap and takes the workloads of the lab away. The same
 * when it is stopped early, with the acts that have ended.
 */
export const runConductor = async (deps: ConductorDeps, options: ConductorOptions, signal: AbortSignal): Promise<string> => {
  const { clock, cluster, say } = deps;
  const { schedule, namespace, prefix } = options;
  let before: string = QUIET;
  while (clock.nowMs() < schedule.endMs && !signal.aborted) {
    const act = actAt(schedule, clock.nowMs());
    if (act !== before) say(`${act === QUIET ? `end of ${before}` : `begin of ${act}`}`);
    before = act;
    await clock.sleep(Math.min(LOOK_EVERY_MS, Math.max(schedule.endMs - clock.nowMs(), 1)), signal);
  }
  const text = phaseFile(schedule, { namespace, prefix }, clock.nowMs());
  if (!cluster) return text;
  const failures: unknown[] = [];
  const attempt = async (what: Promise<unknown>): Promise<void> => {
    await what.catch((error: unknown) => failures.push(error));
  };
  const metadata = { name: `${prefix}-phases`, namespace };
  await attempt(
    cluster.apply(
      { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { [PHASES_KEY]: text } },
      { fieldManager: FIELD_MANAGER, force: true },
    ),
  );
  for (const member of ['web', 'client', 'batch'])
    await attempt(cluster.delete({ apiVersion: 'apps/v1', kind: 'Deployment', namespace, name: `${prefix}-${member}` }));
  if (failures.length > 0) throw new BellwetherError('upstream_refused', 'the lab could not be taken away', failures[0]);
  return text;
};
