import { createHash } from 'node:crypto';
import { formatTime } from '../platform/index.ts';
import { MAX_DETAIL, type RuntimeEvent } from '../runtime-events/index.ts';
import type { Technique } from './techniques.ts';

/** What is kept of a request. Bodies are not: they may hold what somebody typed by mistake. */
export interface DecoyRequest {
  readonly method: string;
  readonly path: string;
  /** Names and values in turn, as they came. */
  readonly rawHeaders: readonly string[];
  readonly address: string;
  readonly atMs: number;
  /** Since the request before of the same address; absent for its first. */
  readonly sinceMs?: number;
}

const MAX_PATH = 512;
const MAX_TEXT = 200;

const headerOf = (rawHeaders: readonly string[], name: string): string => {
  const i = rawHeaders.findIndex((one, place) => place % 2 === 0 && one.toLowerCase() === name);
  return i < 0 ? '' : (rawHeaders[i + 1] ?? '').slice(0, MAX_TEXT);
};

/** Digest of the names of the headers in their order: clients of one kind have the same, whatever they say they are. */
export const headersDigest = (rawHeaders: readonly string[]): string => {
  const names = rawHeaders.filter((_, place) => place % 2 === 0).map((name) => name.toLowerCase());
  return createHash('sha256').update(names.join('\n')).digest('hex').slice(0, 16);
};

/** The event that a request becomes. */
export const hitOf = (request: DecoyRequest, technique: Technique, name: string, id: string): RuntimeEvent => {
  const { method, path, rawHeaders, address, atMs, sinceMs } = request;
  const forwarded = headerOf(rawHeaders, 'x-forwarded-for');
  const detail = [
    `${method.slice(0, 20)} ${path.slice(0, MAX_PATH)}`,
    `from ${forwarded || address}`,
    `host ${headerOf(rawHeaders, 'host') || 'none'}`,
    `agent ${headerOf(rawHeaders, 'user-agent') || 'none'}`,
    `headers ${headersDigest(rawHeaders)}`,
    ...(sinceMs === undefined ? [] : [`after ${Math.round(sinceMs)} ms`]),
  ].join(', ');
  return {
    id,
    source: 'decoy',
    type: 'hit',
    time: formatTime(atMs),
    timeMs: atMs,
    node: name,
    namespace: '',
    pod: '',
    container: '',
    workload: '',
    workloadKind: '',
    subject: technique.name,
    detail: detail.slice(0, MAX_DETAIL),
    policy: technique.attack,
    action: '',
    execId: '',
    parentExecId: '',
    pid: null,
    uid: null,
    count: 1,
  };
};
