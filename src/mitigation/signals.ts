import { SCORE_METRICS } from '../conventions/index.ts';
import { BellwetherError, type HttpClient, readBody } from '../platform/index.ts';

export interface Reading {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** Instant queries. */
export interface SignalSource {
  /** Every series of the answer. Rejects with `upstream_...` or `timeout`. */
  query(expr: string): Promise<readonly Reading[]>;
}

const MAX_BYTES = 4 << 20;

interface QueryAnswer {
  readonly status?: string;
  readonly error?: string;
  readonly data?: { readonly resultType?: string; readonly result?: unknown };
}

/** The query API of a Prometheus. */
export const createSignalSource = (
  { http }: { readonly http: HttpClient },
  { url, timeoutMs }: { readonly url: string; readonly timeoutMs: number },
): SignalSource => ({
  query: async (expr) => {
    const answer = await http.request({
      method: 'POST',
      url: `${url.replace(/\/+$/, '')}/api/v1/query`,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ query: expr }).toString(),
      timeoutMs,
    });
    const text = Buffer.from(await readBody(answer.body, MAX_BYTES)).toString('utf8');
    const parsed = ((): QueryAnswer => {
      try {
        return JSON.parse(text) as QueryAnswer;
      } catch {
        return {};
      }
    })();
    if (answer.status !== 200 || parsed.status !== 'success')
      throw new BellwetherError('upstream_unavailable', `Prometheus did not answer ${expr}: ${parsed.error ?? `HTTP ${answer.status}`}`);
    if (parsed.data?.resultType !== 'vector' || !Array.isArray(parsed.data.result)) return [];
    return (parsed.data.result as { metric?: Record<string, string>; value?: [number, string] }[]).map(({ metric = {}, value }) => ({
      labels: metric,
      value: Number(value?.[1] ?? Number.NaN),
    }));
  },
});

/** The one number of an answer; undefined where there is none, or where it is no number. */
export const numberOf = async (source: SignalSource | undefined, expr: string | undefined): Promise<number | undefined> => {
  if (!source || expr === undefined) return undefined;
  const values = (await source.query(expr)).map(({ value }) => value).filter((value) => Number.isFinite(value));
  return values.length === 0 ? undefined : Math.max(...values);
};

/** What was usual before the trouble: the day up to a quarter of an hour ago, at one value in five minutes. */
const USUAL = { range: '24h', step: '5m', offset: '15m' } as const;

/** A quantile over the past of a rate. */
export const usualExpr = (quantile: number, rate: string): string =>
  `quantile_over_time(${quantile}, (${rate})[${USUAL.range}:${USUAL.step}] offset ${USUAL.offset})`;

const quoted = (value: string): string => JSON.stringify(value);

/** The score of a workload, and its age in seconds; a series that ended has neither. */
export const scoreExprs = (namespace: string, { kind, name }: { readonly kind: string; readonly name: string }) => {
  const selector = `${SCORE_METRICS.score.name}{namespace=${quoted(namespace)},workload=${quoted(name)}${kind === '' ? '' : `,workload_kind=${quoted(kind)}`}}`;
  return { score: `max(max_over_time(${selector}[5m]))`, ageSeconds: `time() - max(timestamp(${selector}))` };
};

/** Firing alerts out of a list of names. */
export const firingExpr = (names: readonly string[]): string =>
  `count by (alertname) (ALERTS{alertstate="firing",alertname=~${quoted(names.map((name) => name.replace(/[^\w]/g, '\\$&')).join('|'))}})`;
