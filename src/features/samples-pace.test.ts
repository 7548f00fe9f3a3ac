import type { Labels } from '../conventions/index.ts';
import { plainFrame, testResults, testSeries } from '../testing/series.ts';
import { createFeatureExtractor } from './extractor.ts';
import { recordingCatalog } from './recording-catalog.ts';

const of = (workload: string, more: Labels = {}): Labels => ({ namespace: 'shop', workload, ...more });
const createRecording = () => createFeatureExtractor(recordingCatalog(['a', 'b']), { pace: 'samples', stepMs: 60_000 });

describe('createFeatureExtractor where the samples are', () => {
  it('makes one instant of samples less than half a step apart, with the time of the newest', () => {
    const extractor = createRecording();
    extractor.push(
      testResults(
        [
          0,
          testSeries(of('web'), [
            [0, 1],
            [60, 2],
          ]),
        ],
        [
          1,
          testSeries(of('web'), [
            [29, 5],
            [90, 6],
          ]),
        ],
      ),
    );
    expect([...extractor.advance(Number.POSITIVE_INFINITY)].flat().map(plainFrame)).toEqual([
      { at: 29, workload: '/web', values: { a: 1, b: 5 } },
      { at: 60, workload: '/web', values: { a: 2 } },
      { at: 90, workload: '/web', values: { b: 6 } },
    ]);
  });

  it('lets workloads have instants of their own, in rising time, equal times together', () => {
    const extractor = createRecording();
    extractor.push(
      testResults(
        [
          0,
          testSeries(of('x'), [
            [0, 1],
            [60, 2],
          ]),
        ],
        [
          0,
          testSeries(of('y'), [
            [10, 1],
            [60, 2],
          ]),
        ],
        [1, testSeries(of('x'), [[25, 3]])],
      ),
    );
    const instants = [...extractor.advance(Number.POSITIVE_INFINITY)];
    expect(instants.map((frames) => [frames[0]!.timeMs / 1000, frames.length])).toEqual([
      [10, 1],
      [25, 1],
      [60, 2],
    ]);
  });

  it('gives an instant once half a step has passed, and keeps rising time over calls', () => {
    const extractor = createRecording();
    extractor.push(
      testResults([
        0,
        testSeries(of('x'), [
          [0, 1],
          [60, 2],
        ]),
      ]),
    );
    expect([...extractor.advance(29_000)]).toEqual([]);
    expect([...extractor.advance(30_000)].flat().map(({ timeMs }) => timeMs)).toEqual([0]);
    expect([...extractor.advance(Number.POSITIVE_INFINITY)].flat().map(({ timeMs }) => timeMs)).toEqual([60_000]);
  });

  it('gives no instant again for samples that come after it, and lets them stand in for missing ones', () => {
    const extractor = createRecording();
    const pods = [of('x', { pod: 'p1' }), of('x', { pod: 'p2' })] as const;
    extractor.push(testResults([0, testSeries(pods[0], [[60, 1]])]));
    expect([...extractor.advance(90_000)]).toHaveLength(1);
    extractor.push(testResults([0, testSeries(pods[1], [[50, 3]])]));
    expect([...extractor.advance(90_000)]).toEqual([]);
    extractor.push(testResults([0, testSeries(pods[0], [[120, 1]])]));
    expect([...extractor.advance(150_000)].flat().map(plainFrame)).toMatchObject([{ at: 120, values: { a: 2 } }]);
  });

  it('keeps recordings of different years apart without forgetting the later one', () => {
    const extractor = createRecording();
    const years = 2 * 365 * 86_400;
    extractor.push(
      testResults(
        [
          0,
          testSeries(of('old'), [
            [0, 1],
            [60, 2],
          ]),
        ],
        [
          0,
          testSeries(of('new'), [
            [years, 1],
            [years + 60, 2],
          ]),
        ],
      ),
    );
    expect([...extractor.advance(Number.POSITIVE_INFINITY)].flat().map(({ key }) => key.workload)).toEqual(['old', 'old', 'new', 'new']);
  });

  it('compares pods where there are some and puts values without a pod beside them', () => {
    const extractor = createRecording();
    extractor.push(
      testResults(
        [0, testSeries(of('web', { pod: 'p1' }), [[0, 1]])],
        [0, testSeries(of('web', { pod: 'p2' }), [[0, 3]])],
        [1, testSeries(of('web'), [[0, 7]])],
      ),
    );
    const [frame] = [...extractor.advance(Number.POSITIVE_INFINITY)].flat();
    expect(plainFrame(frame!).values).toEqual({ a: 2, b: 7 });
    expect(frame!.pods!.map(({ pod, values }) => [pod, ...values])).toEqual([
      ['p1', 1, Number.NaN],
      ['p2', 3, Number.NaN],
    ]);
    expect(frame!.replicas).toBe(2);
  });

  it('finds the workload of a pod whose owner is in the recording too', () => {
    const catalog = recordingCatalog(['a']);
    const inputs = [
      { id: 'a', selector: [], kind: 'gauge', entity: { by: 'pod' } },
      { id: 'o', selector: [], kind: 'pod_owner' },
    ] as const;
    const extractor = createFeatureExtractor({ ...catalog, inputs }, { pace: 'samples', stepMs: 60_000 });
    const pod = { namespace: 'shop', pod: 'web-0' };
    extractor.push(
      testResults(
        [
          0,
          testSeries(pod, [
            [0, 1],
            [60, 2],
          ]),
        ],
        [
          1,
          testSeries({ ...pod, owner_kind: 'StatefulSet', owner_name: 'web' }, [
            [5, 1],
            [65, 1],
          ]),
        ],
      ),
    );
    const frames = [...extractor.advance(Number.POSITIVE_INFINITY)].flat();
    expect(frames.map(plainFrame)).toMatchObject([
      { workload: 'StatefulSet/web', values: { a: 1 } },
      { workload: 'StatefulSet/web', values: { a: 2 } },
    ]);
  });
});
