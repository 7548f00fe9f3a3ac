/** Labels and points of one series; times in unix seconds. */
export interface DrawnSeries {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly points: readonly (readonly [time: number, value: number])[];
}

export interface PanelTarget {
  readonly expr: string;
  readonly instant?: boolean;
  readonly legendFormat?: string;
}

interface Answer {
  readonly data: {
    readonly result: readonly {
      readonly metric: Readonly<Record<string, string>>;
      readonly value?: readonly [number, string];
      readonly values?: readonly (readonly [number, string])[];
    }[];
  };
}

const legend = (format: string | undefined, labels: Readonly<Record<string, string>>): string =>
  format ? format.replaceAll(/\{\{\s*(\w+)\s*\}\}/g, (_, name: string) => labels[name] ?? '') : Object.values(labels).join(' ');

/** Asks a Prometheus as Grafana would; `query` is the expression with its variables filled in. */
export const seriesOf = async (
  url: string,
  { instant, legendFormat }: PanelTarget,
  query: string,
  { start, end, step }: { readonly start: number; readonly end: number; readonly step: number },
): Promise<readonly DrawnSeries[]> => {
  const parameters = instant ? { query, time: String(end) } : { query, start: String(start), end: String(end), step: String(step) };
  const answer = await fetch(`${url}/api/v1/${instant ? 'query' : 'query_range'}?${new URLSearchParams(parameters)}`);
  if (!answer.ok) throw new Error(`${query}: ${await answer.text()}`);
  const { data } = (await answer.json()) as Answer;
  return data.result.map(({ metric, value, values = value ? [value] : [] }) => ({
    name: legend(legendFormat, metric),
    labels: metric,
    points: values.map(([time, text]) => [time, Number(text)] as const).filter(([, number]) => Number.isFinite(number)),
  }));
};

const SCALES: Readonly<Record<string, readonly (readonly [limit: number, suffix: string])[]>> = {
  s: [
    [2 * 86_400, ' days'],
    [2 * 3600, ' h'],
    [120, ' min'],
  ],
  bytes: [
    [2 ** 30, ' GiB'],
    [2 ** 20, ' MiB'],
    [2 ** 10, ' KiB'],
  ],
  Bps: [
    [1e9, ' GB/s'],
    [1e6, ' MB/s'],
    [1e3, ' kB/s'],
  ],
  binBps: [
    [2 ** 30, ' GiB/s'],
    [2 ** 20, ' MiB/s'],
    [2 ** 10, ' KiB/s'],
  ],
};
const SUFFIX: Readonly<Record<string, string>> = {
  s: ' s',
  bytes: ' B',
  Bps: ' B/s',
  binBps: ' B/s',
  reqps: ' req/s',
  pps: ' p/s',
  ops: ' ops/s',
  cores: '',
};

/** A number as a person reads it, in the unit of its panel. */
export const formatValue = (value: number, unit = 'none'): string => {
  if (unit === 'percentunit') return `${(value * 100).toFixed(value < 0.1 ? 1 : 0)} %`;
  const scale = SCALES[unit]?.find(([limit]) => Math.abs(value) >= limit);
  const [scaled, suffix] = scale ? [value / scale[0], scale[1]] : [value, SUFFIX[unit] ?? ''];
  if (unit === 's' && scaled !== 0 && Math.abs(scaled) < 1) return `${(scaled * 1000).toFixed(Math.abs(scaled) < 0.01 ? 1 : 0)} ms`;
  const digits = Number.isInteger(scaled) ? 0 : Math.abs(scaled) >= 100 ? 0 : Math.abs(scaled) >= 1 ? 2 : 3;
  return `${scaled.toFixed(digits)}${suffix}`;
};
