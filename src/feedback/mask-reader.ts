import type { WorkloadKey } from '../conventions/index.ts';
import { BellwetherError, type HttpClient, type JSONSchema, readBody, type Validation, validate } from '../platform/index.ts';

/** A stretch in which a workload was under a limit: what it did then is of the limit's making. Unix seconds, both ends belong to it. */
export interface LimitedStretch {
  readonly id: string;
  readonly key: WorkloadKey;
  readonly fromSeconds: number;
  readonly toSeconds: number;
}

/** Where a receiver serves masked stretches. */
const MASK_PATH = '/api/v1/masks';
/** Ids of masks over mitigations begin so; maintenance has masks of its own, which bind training alone. */
export const LIMIT_MASK_PREFIX = 'mitigation:';
/** Most stretches of one reading. */
const MOST = 1000;
const MAX_BYTES = 2 * 1024 * 1024;

const TEXT = { type: 'string', maxLength: 400 } as const;
const SECONDS = { type: 'number', minimum: 0, maximum: 1e11 } as const;
const ANSWER = {
  type: 'object',
  required: ['masks'],
  properties: {
    masks: {
      type: 'array',
      maxItems: MOST,
      items: {
        type: 'object',
        required: ['id', 'namespace', 'workload', 'workloadKind', 'fromSeconds', 'toSeconds'],
        properties: { id: TEXT, namespace: TEXT, workload: TEXT, workloadKind: TEXT, fromSeconds: SECONDS, toSeconds: SECONDS },
      },
    },
  },
} as const;

interface MaskAnswer {
  readonly masks: readonly {
    readonly id: string;
    readonly namespace: string;
    readonly workload: string;
    readonly workloadKind: string;
    readonly fromSeconds: number;
    readonly toSeconds: number;
  }[];
}

/** Stretches under a limit, as a receiver knows them. Rejects with a `BellwetherError`. */
export interface MaskReader {
  read(fromSeconds: number, toSeconds: number, signal: AbortSignal): Promise<readonly LimitedStretch[]>;
}

export const createMaskReader = (http: HttpClient, options: { readonly url: string; readonly timeoutMs: number }): MaskReader => ({
  read: async (fromSeconds, toSeconds, signal) => {
    const query = new URLSearchParams({ from: String(fromSeconds), to: String(toSeconds), limit: String(MOST) });
    const url = `${options.url.replace(/\/+$/, '')}${MASK_PATH}?${query.toString()}`;
    const response = await http.request({ method: 'GET', url, signal, timeoutMs: options.timeoutMs });
    const text = new TextDecoder().decode(await readBody(response.body, MAX_BYTES));
    if (response.status !== 200)
      throw new BellwetherError('upstream_unavailable', `the receiver answered ${response.status} to ${MASK_PATH}`);
    const parsed = ((): unknown => {
      try {
        return JSON.parse(text);
      } catch {
        return undefined;
      }
    })();
    const result: Validation<unknown> = validate<JSONSchema & object>(ANSWER, parsed);
    if (!result.ok)
      throw new BellwetherError('corrupt_response', `the receiver sent no masks: ${result.problems[0]?.message ?? 'not the form of them'}`);
    return (result.value as MaskAnswer).masks
      .filter(({ id }) => id.startsWith(LIMIT_MASK_PREFIX))
      .map(({ id, namespace, workload, workloadKind, ...stretch }) => ({
        id,
        key: { namespace, workload, workloadKind },
        fromSeconds: stretch.fromSeconds,
        toSeconds: stretch.toSeconds,
      }));
  },
});
