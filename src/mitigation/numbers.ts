import { MITIGATION_TTL } from '../conventions/index.ts';
import { formatTime } from '../platform/index.ts';
import type { Mitigation, Numbers } from './mitigation.ts';
import type { MitigationOptions } from './options.ts';

/** What the target's own traffic was before the alert, in requests per second; undefined where nobody measures it. */
export interface UsualTraffic {
  /** 99th and 95th percentile of one client, or of all together where clients are not told apart. */
  readonly p99?: number;
  readonly p95?: number;
  readonly isPerClient: boolean;
}

/** `at`: what to write into a plan. */
export type NumbersOutcome = { readonly ok: true; readonly numbers: Numbers } | { readonly ok: false; readonly reason: string };

const shown = (rate: number): string => String(Math.round(rate * 100) / 100);

/**
 * The numbers of a limit: what the request says, else what the target is used to times a factor, never below the floor nor below what
 * the target's clients do anyway. A rate of all clients together bounds the rate of each, so it is used where clients are not told apart.
 */
export const deriveNumbers = (
  { limit = {} }: Mitigation['spec'],
  usual: UsualTraffic,
  { numbers: { factor, floorRequestsPerSecond: floor, burstSeconds } }: Pick<MitigationOptions, 'numbers'>,
): NumbersOutcome => {
  const { requestsPerSecond: given, perClient = true, connections } = limit;
  const who = usual.isPerClient ? 'one client' : 'all clients together, because nothing tells them apart';
  if (given === undefined && usual.p99 === undefined)
    return {
      ok: false,
      reason: 'nothing is known of the usual traffic of the target: give requestsPerSecond, or a Prometheus that measures it',
    };
  const rate = given ?? Math.max(1, Math.ceil(Math.max(floor, (usual.p99 ?? 0) * factor)));
  if (rate < floor) return { ok: false, reason: `${shown(rate)} requests per second is below the floor of ${shown(floor)}` };
  // All clients together need at least what all of them do; the rate of one of many says nothing about that.
  if (usual.p95 !== undefined && rate < usual.p95)
    return {
      ok: false,
      reason: `${shown(rate)} requests per second is below what is usual here: ${shown(usual.p95)} (95th percentile of ${who})`,
    };
  const from =
    given === undefined
      ? `usual rate ${shown(usual.p99 ?? 0)}/s (99th percentile of ${who}) x ${shown(factor)}, at least ${shown(floor)}/s`
      : usual.p95 === undefined
        ? 'as asked for; it could not be compared with the usual traffic'
        : `as asked for; usual is ${shown(usual.p95)}/s (95th percentile of ${who})`;
  return {
    ok: true,
    numbers: {
      requestsPerSecond: rate,
      burst: limit.burst ?? Math.ceil(rate * burstSeconds),
      ...(connections === undefined ? {} : { connections }),
      perClient,
      from,
    },
  };
};

/** When a limit that is applied now ends. */
export const endOf = (appliedMs: number, ttlMs: number): { readonly expiresAtMs: number; readonly text: string } => {
  const expiresAtMs = appliedMs + Math.min(ttlMs, MITIGATION_TTL.max * 1000);
  return { expiresAtMs, text: formatTime(expiresAtMs) };
};
