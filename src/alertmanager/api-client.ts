import { BellwetherError, formatTime, type HttpClient, readBody, toBellwetherError, type Validation } from '../platform/index.ts';
import { type HeldAlert, parseHeldAlerts, parseSilences, type Silence, type SilenceMatcher } from './api-types.ts';

/** A silence to be made, or changed where it has an id. */
export interface SilenceRequest {
  readonly id?: string;
  readonly matchers: readonly SilenceMatcher[];
  readonly startsMs: number;
  readonly endsMs: number;
  readonly createdBy: string;
  readonly comment: string;
  /** Kept from 0.32 on; older ones drop it without a word. */
  readonly annotations?: Readonly<Record<string, string>>;
}

/** What one replica said, or why it did not. */
export interface ReplicaResult {
  readonly url: string;
  readonly error: BellwetherError | undefined;
}

/** What the replicas of one cluster hold together. */
export interface ClusterView<T> {
  readonly items: readonly T[];
  readonly replicas: readonly ReplicaResult[];
}

/** The API of one Alertmanager, or of the replicas of one cluster as if they were one. Reads reject only where no replica answered. */
export interface AlertmanagerClient {
  /** All alerts held, silenced and inhibited ones included. `filter`: equality of labels. */
  alerts(filter?: Readonly<Record<string, string>>): Promise<ClusterView<HeldAlert>>;
  silences(): Promise<ClusterView<Silence>>;
  /** Makes or changes a silence at the first replica that takes it; gossip brings it to the others. Gives its id, which is new where matchers changed. */
  postSilence(silence: SilenceRequest): Promise<string>;
  /** Ends a silence now. One that has ended is no error. */
  expireSilence(id: string): Promise<void>;
}

export interface AlertmanagerOptions {
  /** Of every replica, with the path prefix where there is one. */
  readonly urls: readonly string[];
  readonly timeoutMs: number;
}

/** 10,000 alerts with all their texts have about 15 MB. */
const MAX_BYTES = 64 * 2 ** 20;

export const createAlertmanagerClient = (
  { http }: { readonly http: HttpClient },
  { urls, timeoutMs }: AlertmanagerOptions,
): AlertmanagerClient => {
  const call = async (base: string, method: 'GET' | 'POST' | 'DELETE', path: string, body?: unknown): Promise<unknown> => {
    const url = `${base.replace(/\/+$/, '')}/api/v2${path}`;
    const response = await http.request({
      method,
      url,
      timeoutMs,
      ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });
    const text = Buffer.from(await readBody(response.body, MAX_BYTES)).toString('utf8');
    if (response.status === 404 && method === 'DELETE') throw new BellwetherError('not_found', 'there is no such silence');
    if (response.status >= 300) {
      const code = response.status >= 500 || response.status === 429 ? 'upstream_unavailable' : 'upstream_refused';
      throw new BellwetherError(code, `Alertmanager at ${base} says ${response.status}: ${text.slice(0, 300)}`);
    }
    if (text === '') return undefined;
    try {
      return JSON.parse(text) as unknown;
    } catch (error) {
      throw new BellwetherError('corrupt_response', `the answer of Alertmanager at ${base} is not JSON`, error);
    }
  };

  const contentOf = <T>(base: string, result: Validation<T>): T => {
    if (result.ok) return result.value;
    const [first] = result.problems;
    throw new BellwetherError(
      'corrupt_response',
      `the answer of Alertmanager at ${base} is not what it should be: ${first?.message ?? ''}`,
    );
  };

  /** Asks all; what several hold counts once, as the newest says. */
  const everywhere = async <T>(
    path: string,
    parse: (body: unknown) => Validation<readonly T[]>,
    keyOf: (item: T) => string,
    isNewer: (one: T, other: T) => boolean,
  ): Promise<ClusterView<T>> => {
    const answers = await Promise.allSettled(urls.map(async (base) => contentOf(base, parse(await call(base, 'GET', path)))));
    const items = new Map<string, T>();
    const replicas = answers.map((answer, i): ReplicaResult => {
      const url = urls[i]!;
      if (answer.status === 'rejected') return { url, error: toBellwetherError(answer.reason) };
      for (const item of answer.value) {
        const key = keyOf(item);
        const known = items.get(key);
        if (!known || isNewer(item, known)) items.set(key, item);
      }
      return { url, error: undefined };
    });
    const [first] = replicas;
    if (first?.error && replicas.every(({ error }) => error !== undefined)) throw first.error;
    return { items: [...items.values()], replicas };
  };

  /** The first replica that does not fail. What it refuses, the others would refuse as well. */
  const anywhere = async <T>(work: (base: string) => Promise<T>): Promise<T> => {
    let failure: BellwetherError | undefined;
    for (const base of urls) {
      try {
        return await work(base);
      } catch (error) {
        failure = toBellwetherError(error);
        if (!failure.retryable) throw failure;
      }
    }
    throw failure ?? new BellwetherError('invalid_config', 'no Alertmanager is configured');
  };

  return {
    alerts: (filter = {}) => {
      const query = Object.entries(filter).map(([name, value]) => `filter=${encodeURIComponent(`${name}=${JSON.stringify(value)}`)}`);
      return everywhere(
        `/alerts${query.length > 0 ? `?${query.join('&')}` : ''}`,
        parseHeldAlerts,
        ({ fingerprint }) => fingerprint,
        // A replica that has not heard of a silence yet still shows the alert as active.
        (one, other) => one.silencedBy.length > other.silencedBy.length,
      );
    },
    silences: () =>
      everywhere(
        '/silences',
        parseSilences,
        ({ id }) => id,
        (one, other) => one.updatedMs > other.updatedMs,
      ),
    postSilence: ({ id, matchers, startsMs, endsMs, createdBy, comment, annotations }) =>
      anywhere(async (base) => {
        const body = {
          ...(id === undefined ? {} : { id }),
          matchers,
          startsAt: formatTime(startsMs),
          endsAt: formatTime(endsMs),
          createdBy,
          comment,
          ...(annotations ? { annotations } : {}),
        };
        const answer = (await call(base, 'POST', '/silences', body)) as { readonly silenceID?: unknown } | undefined;
        if (typeof answer?.silenceID === 'string') return answer.silenceID;
        throw new BellwetherError('corrupt_response', `Alertmanager at ${base} took a silence without naming it`);
      }),
    expireSilence: (id) =>
      anywhere(async (base) => {
        await call(base, 'DELETE', `/silence/${encodeURIComponent(id)}`);
      }),
  };
};
