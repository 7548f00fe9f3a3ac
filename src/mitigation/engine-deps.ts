import type { Clock, KubernetesClient, KubernetesObject, Logger } from '../platform/index.ts';
import type { BackEnd } from './back-end.ts';
import type { Facts, Guard } from './budget.ts';
import type { DataPlaneDeps } from './data-plane.ts';
import type { Mitigation, MitigationStatus } from './mitigation.ts';
import type { MitigationOptions } from './options.ts';
import type { SignalSource } from './signals.ts';

/** What happened to a mitigation; for the audit log, metrics, events and masks. */
export interface Transition {
  readonly mitigation: Mitigation;
  readonly from: string;
  readonly to: MitigationStatus;
  /** Which guard held it back. */
  readonly guard?: Guard;
}

export interface EngineDeps extends DataPlaneDeps {
  readonly client: KubernetesClient;
  readonly clock: Clock;
  readonly log: Pick<Logger, 'info' | 'warn'>;
  readonly options: () => MitigationOptions;
  /** Back-ends that are switched on, the preferred first. */
  readonly backEnds: readonly BackEnd[];
  readonly signals: SignalSource | undefined;
  /** Asked right before each write: only the leader acts. */
  readonly isLeader: () => boolean;
  /** What the surroundings say, without the circuit breaker of the engine itself. */
  readonly facts: () => Promise<Omit<Facts, 'nowMs' | 'signalAgeMs' | 'routes' | 'routeKind'>>;
  readonly isOptedIn: (namespace: KubernetesObject | undefined) => boolean;
  /** Everything has to be taken back. */
  readonly revertAll: () => boolean;
  readonly onTransition: (transition: Transition) => Promise<void>;
}
