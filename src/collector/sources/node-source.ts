import type { Clock, Logger } from '../../platform/index.ts';
import type { RuntimeEvent, Shipper } from '../../runtime-events/index.ts';
import type { CollectorInstruments } from '../collector-instruments.ts';

/** What every source works with. */
export interface SourceDeps {
  readonly clock: Clock;
  readonly log: Logger;
  readonly instruments: CollectorInstruments;
  readonly shipper: Shipper;
  /** Called with what was read, before it is sent: counts go on while a receiver is away. */
  readonly onEvents: (events: readonly RuntimeEvent[]) => void;
}

/**
 * One kind of thing that a collector brings in, switched on by its own section of the configuration. It keeps its own place, so that nothing is lost when
 * the process is killed, and may send to wherever it belongs: the shipper is for events.
 */
export interface CollectorSource {
  /** Label of metrics, and the name of its loop. */
  readonly name: string;
  /** Works until the signal; rejects only with what cannot be tried again. */
  run(signal: AbortSignal): Promise<void>;
}
