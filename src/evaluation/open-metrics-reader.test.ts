import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readOpenMetrics } from './open-metrics-reader.ts';

const TEXT = `# TYPE cpu gauge
# HELP cpu Cores in \\"use\\".
# UNIT cpu cores
cpu{namespace="a",workload="x y}"} 0.5 100
cpu{namespace="a",workload="x y}"} 1 160.25
cpu{workload="x y}",namespace="a"} 2 220
cpu{namespace="b",workload="z"} NaN 100
# TYPE hits counter
hits_total{namespace="a"} 7 100 # {trace="1"} 1 100
bare 3 1e2
# EOF
`;

async function* chunked(text: string, size: number): AsyncGenerator<Uint8Array> {
  const bytes = new TextEncoder().encode(text);
  for (let i = 0; i < bytes.length; i += size) yield bytes.subarray(i, i + size);
}
const read = (text: string, size = 1 << 16, maxSamples = 1000) => readOpenMetrics(chunked(text, size), { file: 'x.om', maxSamples });

describe('readOpenMetrics', () => {
  it('gives families and series as columns, in milliseconds', async () => {
    const recording = await read(TEXT);
    expect(recording.families).toEqual([
      { name: 'cpu', type: 'gauge', help: 'Cores in "use".', unit: 'cores' },
      { name: 'hits', type: 'counter', help: '', unit: '' },
      { name: 'bare', type: 'unknown', help: '', unit: '' },
    ]);
    expect(recording.series.map((s) => [s.labels.__name__, s.family, [...s.timesMs], [...s.values]])).toEqual([
      ['cpu', 0, [100_000, 160_250, 220_000], [0.5, 1, 2]],
      ['cpu', 0, [100_000], [NaN]],
      ['hits_total', 1, [100_000], [7]],
      ['bare', 2, [100_000], [3]],
    ]);
    expect(recording).toMatchObject({ samples: 6, startMs: 100_000, endMs: 220_000 });
  });

  it('rounds times to milliseconds', async () => {
    // 1.001 x 1000 is a little less than 1001 in doubles.
    expect((await read('m 1 1.001\nm 1 2.0004\n# EOF\n')).series[0]!.timesMs).toEqual(Float64Array.of(1001, 2000));
  });

  it('gives the same for every size of chunk', async () => {
    const whole = await read(TEXT);
    for (let size = 1; size < 40; size++) expect(await read(TEXT, size)).toEqual(whole);
  });

  it('keeps late and doubled samples where they stand', async () => {
    const { series } = await read('m 1 10\nm 2 30\nm 3 20\nm 4 20\n# EOF\n');
    expect([...series[0]!.timesMs]).toEqual([10_000, 30_000, 20_000, 20_000]);
  });

  it.each([
    ['m 1 10\nm x 20\n# EOF\n', 'x.om:2:3: expected a number'],
    ['m{a="é",b=2} 1 10\n# EOF\n', 'x.om:1:12: expected the value of label b'],
    ['m 1\n# EOF\n', 'x.om:1:4: the sample has no timestamp'],
    ['m 1 ten\n# EOF\n', 'x.om:1:5: expected a timestamp'],
    ['m 1 10 20\n# EOF\n', 'x.om:1:7: unexpected text after the timestamp'],
    ['m\n# EOF\n', 'x.om:1:2: expected a blank'],
    ['\n# EOF\n', 'x.om:1:1: empty line'],
    ['m 1 10\n', 'x.om:2:1: the file ends without "# EOF"'],
    ['# EOF\nm 1 10\n', 'x.om:2:1: text after "# EOF"'],
    ['# TYPE m gouge\n# EOF\n', 'x.om:1:10: unknown type "gouge"'],
  ])('names file, line and column: %j', async (text, message) => {
    await expect(read(text)).rejects.toMatchObject({ code: 'invalid_input', message: expect.stringContaining(message) });
  });

  it('refuses more samples than allowed', async () => {
    await expect(read(TEXT, 1 << 16, 5)).rejects.toMatchObject({ code: 'too_large' });
  });

  it('names the file when its stream breaks', async () => {
    const broken = async function* () {
      yield new TextEncoder().encode('m 1 10\n');
      throw new Error('unexpected end of file');
    };
    await expect(readOpenMetrics(broken(), { file: 'x.om' })).rejects.toMatchObject({
      code: 'invalid_input',
      message: 'x.om: unexpected end of file',
    });
  });

  it('reads back any label values and doubles', async () => {
    const quoted = (s: string): string => s.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', '\\"');
    // Adding 0 makes -0 a 0, which a template string cannot keep apart.
    const value = fc.double({ noNaN: true }).map((x) => x + 0);
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(fc.string({ unit: 'grapheme' }), { maxLength: 4 }), value, fc.nat(60), async (names, x, size) => {
        const text = `${names.map((n) => `m{a="${quoted(n)}"} ${x === Infinity ? '+Inf' : x} 1\n`).join('')}# EOF\n`;
        const { series } = await read(text, size + 1);
        expect(series.map((s) => [s.labels.a, s.values[0]])).toEqual(names.map((n) => [n, x]));
      }),
    );
  });
});
