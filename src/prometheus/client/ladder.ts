import type { BellwetherError } from '../../platform/index.ts';
import { UnknownChunkError } from '../chunk/decode-chunk.ts';
import type { Rung } from '../series-source.ts';
import type { FallbackReason } from './source-event.ts';
import { UpstreamError } from './upstream-error.ts';

export interface Step {
  readonly to: Rung;
  readonly reason: FallbackReason;
}

/** What is known about the server: which rung answers. */
export interface Ladder {
  /** Where a read at `nowMs` begins: the rung that is known to answer, or the top one where nothing is known or it is time to look again. */
  first(nowMs: number): Rung;
  /** Where to go on after an error, or undefined where another rung would not help. `tried` = the rungs of this read so far, in order. */
  next(error: BellwetherError, tried: readonly Rung[]): Step | undefined;
  /** A read succeeded on this rung. */
  learn(rung: Rung, nowMs: number): void;
  readonly rung: Rung | undefined;
}

const BAD_REQUEST = 400;

/**
 * STREAMED, then SAMPLES (both by remote read, where the server chooses), then the query API.
 * A rung that is known but suddenly answers 404, 400 or another Content-Type sends the read through the whole ladder again: the server may have been replaced.
 */
export const createLadder = (pinned: Rung | undefined, probeIntervalMs: number): Ladder => {
  let known: Rung | undefined;
  let knownMs = 0;
  return {
    first(nowMs) {
      if (pinned !== undefined) return pinned;
      if (known === undefined || (known !== 'streamed' && nowMs - knownMs > probeIntervalMs)) return 'streamed';
      return known;
    },
    next(error, tried) {
      if (pinned !== undefined) return undefined;
      const step = stepDown(tried, error);
      return step === undefined || tried.includes(step.to) ? undefined : step;
    },
    learn(rung, nowMs) {
      if (rung !== known || rung === 'streamed' || nowMs - knownMs > probeIntervalMs) knownMs = nowMs;
      known = rung;
    },
    get rung() {
      return known;
    },
  };
};

const stepDown = (tried: readonly Rung[], error: BellwetherError): Step | undefined => {
  if (error instanceof UnknownChunkError) return { to: 'samples', reason: 'unknown_chunk' };
  const unsupported = error.code === 'upstream_unsupported';
  const badRequest = error instanceof UpstreamError && error.code === 'upstream_refused' && error.status === BAD_REQUEST;
  if (!unsupported && !badRequest) return undefined;
  // A rung taken from memory: the ones above it are still open.
  if (!tried.includes('streamed')) return { to: 'streamed', reason: 'probe' };
  if (unsupported) return { to: 'query', reason: 'unsupported' };
  // A server that knows only samples may refuse the list of types instead of passing over it. One that has no remote read may say 400 to its path,
  // as VictoriaMetrics does; where the query itself is bad, the query API says so too.
  return { to: tried.includes('samples') ? 'query' : 'samples', reason: 'refused' };
};
