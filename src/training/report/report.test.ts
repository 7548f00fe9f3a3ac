import type { EventsFile, Recording, WorkloadSeries } from '../../evaluation/index.ts';
import { seededRandom } from '../../platform/index.ts';
import { reportData } from './data-report.ts';
import { correlationOf, describeColumn, robustDistances } from './describe-column.ts';
import { reportPage } from './report-html.ts';

const COUNT = 400;
const FAULT = { from: 250, to: 300 };
const NAMES = ['busy', 'busy_copy', 'still', 'other', 'clock'];

/** A workload with a fault in `busy`, a copy of it, a constant, an unrelated metric and the clock. */
const random = seededRandom(3);
const rows = Array.from({ length: COUNT }, (_, i) => {
  const busy = random() + (i >= FAULT.from && i < FAULT.to ? 5 : 0);
  return [busy, 2 * busy + 1, 7, random(), i];
});
const series: WorkloadSeries = {
  name: { namespace: 'n', workload: '<b>w</b>' },
  features: NAMES.map((name) => ({ name, unit: '', unitClass: 'other' })),
  timesMs: Float64Array.from(rows, (_, i) => i * 60_000),
  values: Float64Array.from(rows.flat()),
};
const recording: Recording = {
  families: NAMES.map((name) => ({ name, type: 'gauge', help: '', unit: '' })),
  series: [{ labels: {}, family: 3, timesMs: new Float64Array(3), values: Float64Array.from([1, Number.NaN, Number.POSITIVE_INFINITY]) }],
  samples: 3,
  startMs: 0,
  endMs: 0,
};
const events = {
  name: 'e',
  stepSeconds: 60,
  cleanUntil: undefined,
  faultFreeSpans: [],
  entities: [],
  events: [{ namespace: 'n', workload: '<b>w</b>', from: FAULT.from * 60, to: FAULT.to * 60, kind: 'miner', metrics: [] }],
} as unknown as EventsFile;
const report = reportData('week.om.gz', recording, [series], events);
const column = (name: string) => report.columns.find((each) => each.name === name)!;

describe('reportData', () => {
  it('names constants, copies, and values that are no numbers', () => {
    expect(column('still').isConstant).toBe(true);
    expect(column('busy_copy').warnings.join()).toContain('says the same as busy');
    expect(column('other')).toMatchObject({ nan: 1, infinite: 1 });
    expect(report.correlations[0]).toMatchObject({ a: 'busy', b: 'busy_copy' });
  });

  it('ranks metrics by how well they tell events apart', () => {
    expect(report.ranked.slice(0, 2).sort()).toEqual(['busy', 'busy_copy']);
    expect(column('busy').auc).toBeGreaterThan(0.95);
    expect(column('other').auc).toBeLessThan(0.65);
  });

  it('audits every column', () => {
    expect(column('clock').warnings.join()).toContain('follows the clock');
    expect(report.audit?.isClean).toBe(false);
  });

  it('needs no events', () => {
    const plain = reportData('x', recording, [series]);
    expect(plain).toMatchObject({ events: 0, ranked: [], audit: undefined });
    expect(plain.timelines).toHaveLength(NAMES.length);
  });
});

describe('describeColumn', () => {
  it('counts outliers against the median of their workload', () => {
    const values = Float64Array.from({ length: 100 }, (_, i) => (i === 50 ? 1000 : i % 10));
    const described = describeColumn(values, robustDistances(values));
    expect(described.outlierShare).toBeCloseTo(0.01, 12);
    expect(described.distinct).toBe(11);
    expect(described.histogram.reduce((a, b) => a + b, 0)).toBeGreaterThan(97);
  });
});

describe('correlationOf', () => {
  it('is exact at large levels, skips gaps, and is 0 for what never moves', () => {
    const a = Float64Array.from([1, 2, 3, Number.NaN, 5], (x) => 1e9 + x);
    expect(correlationOf(a, Float64Array.from([2, 4, 6, 100, 10]))).toBeCloseTo(1, 9);
    expect(correlationOf(a, new Float64Array(5).fill(3))).toBe(0);
  });
});

describe('reportPage', () => {
  it('is one page in which names from files are only text', () => {
    const page = reportPage([report]);
    expect(page).toContain('&lt;b&gt;w&lt;/b&gt;');
    expect(page).not.toContain('<b>w</b>');
    expect(page).not.toContain('<script');
    expect(page.match(/<polyline/g)).toHaveLength(NAMES.length);
    expect(page).toContain('<title>miner</title>');
  });
});
