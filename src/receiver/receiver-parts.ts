import type { AlertmanagerClient } from '../alertmanager/index.ts';
import type { Clock, Database, GroupCommit, Logger } from '../platform/index.ts';
import type { Guard } from './auth/guard.ts';
import type { ReceiverConfig } from './config/schema.ts';
import type { MitigationDesk } from './mitigation/mitigation-desk.ts';
import type { ReceiverInstruments } from './receiver-instruments.ts';
import type { SilenceWriter } from './silences/silence-writer.ts';
import type { VerdictLinks } from './verdicts/links.ts';
import type { VerdictBook } from './verdicts/verdict-book.ts';

/** What the routes work with. */
export interface ReceiverParts {
  readonly config: () => ReceiverConfig;
  readonly database: Database;
  readonly commit: GroupCommit;
  readonly guard: Guard;
  readonly book: VerdictBook;
  readonly links: VerdictLinks;
  /** Undefined where no Alertmanager is configured. */
  readonly client: AlertmanagerClient | undefined;
  readonly silences: SilenceWriter | undefined;
  /** Undefined where mitigations are not configured. */
  readonly mitigations: MitigationDesk | undefined;
  /** Name of the verdict log. */
  readonly log: string;
  /** An exporter asked for what comes after this sequence: it has everything up to there. */
  readonly onFeedRead: (after: number) => void;
  /** Why alerts and verdicts are not taken now; undefined when they are. */
  readonly notReady: () => string | undefined;
  readonly instruments: ReceiverInstruments;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Aborted when the process ends: answers that would go on for ever end with it. */
  readonly stopping: AbortSignal;
  /** Address under which people reach the pages, without a slash at the end. */
  readonly baseUrl: () => string;
}
