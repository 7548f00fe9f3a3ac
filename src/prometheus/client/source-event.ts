import type { ErrorCode } from '../../platform/index.ts';
import type { CollectStats } from '../series/series-collector.ts';
import type { Rung } from '../series-source.ts';

/** The HTTP calls that a source makes. */
export type Endpoint = 'read' | 'query' | 'query_range';

/** Why a source went to another rung. */
export type FallbackReason = 'unsupported' | 'refused' | 'unknown_chunk' | 'limit' | 'probe';

/** One HTTP exchange, well ended or not. Figures of a failed one are those until it failed. */
export interface RequestEvent {
  readonly type: 'request';
  readonly rung: Rung;
  readonly endpoint: Endpoint;
  readonly code: 'ok' | ErrorCode;
  readonly durationMs: number;
  /** Bytes of the body on the wire. */
  readonly bytes: number;
  readonly frames: number;
  /** Zero where it failed: nothing of a failed answer is used. */
  readonly stats: Readonly<CollectStats>;
}

/** What a source tells about its work, to be made into metrics. */
export type SourceEvent =
  | RequestEvent
  /** An answer was thrown away because its bytes were wrong: checksum, length, chunk, snappy, protobuf. */
  | { readonly type: 'corrupt'; readonly rung: Rung; readonly message: string }
  | { readonly type: 'retry'; readonly code: ErrorCode; readonly delayMs: number }
  | { readonly type: 'fallback'; readonly from: Rung; readonly to: Rung | 'query_range'; readonly reason: FallbackReason }
  /** The rung of a successful read. */
  | { readonly type: 'rung'; readonly rung: Rung };

export type SourceListener = (event: SourceEvent) => void;
