export type Labels = Readonly<Record<string, string>>;

/** Samples every 30 s, in promtool's notation; `firing` holds the labels of the alerts that fire at each moment. */
export interface AlertCase {
  readonly kind: 'fires' | 'quiet' | 'resolves' | 'missing';
  readonly what: string;
  readonly series: Labels;
  readonly firing: Readonly<Record<string, readonly Labels[]>>;
  /** Annotations of the first alert at the first moment at which one fires. */
  readonly says?: { readonly summary: string; readonly description: string };
}

const OWN = { namespace: 'bellwether', product: 'bellwether' };
export const own = (severity: string, labels: Labels = { pod: 'p' }): Labels => ({ ...OWN, ...labels, severity });
export const series = (name: string, labels: Labels): string =>
  `${name}{${Object.entries(labels)
    .map(([key, value]) => `${key}="${value}"`)
    .join(',')}}`;

/** A gauge of ours that is 0 or 1: it fires after `minutes` at `bad`, and not half a minute before. */
export const switchCases = (
  metric: string,
  [bad, good]: readonly [bad: number, good: number],
  minutes: number,
  alert: Labels,
  says: NonNullable<AlertCase['says']>,
  labels: Labels = {},
): readonly AlertCase[] => {
  const selector = series(metric, { pod: 'p', ...labels });
  const steps = minutes * 2;
  return [
    {
      kind: 'fires',
      what: 'it stays bad',
      series: { [selector]: `${bad}x${steps + 10}` },
      firing: { [`${minutes}m`]: [alert], [`${minutes - 1}m30s`]: [] },
      says,
    },
    { kind: 'quiet', what: 'all is well', series: { [selector]: `${good}x${steps + 10}` }, firing: { [`${minutes + 2}m`]: [] } },
    {
      kind: 'resolves',
      what: 'it is well again',
      series: { [selector]: `${bad}x${steps + 3} ${good}x10` },
      firing: { [`${minutes + 1}m30s`]: [alert], [`${minutes + 2}m`]: [] },
    },
    {
      kind: 'missing',
      what: 'the exporter is gone',
      series: { [selector]: `${bad}x2 stale` },
      firing: { [`${minutes + 2}m`]: [] },
    },
  ];
};

/** Cases by the name of the alert. */
export type AlertCases = Readonly<Record<string, readonly AlertCase[]>>;
