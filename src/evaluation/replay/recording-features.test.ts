import { describe, expect, it } from '@jest/globals';
import type { Recording } from '../recording.ts';
import { recordingFeatures } from './recording-features.ts';

const recording = (families: readonly (readonly [name: string, type: 'gauge' | 'counter', kinds: readonly string[]])[]): Recording => ({
  families: families.map(([name, type]) => ({ name, type, help: '', unit: '' })),
  series: families.flatMap(([name, , kinds], family) =>
    kinds.map((kind) => ({
      labels: { __name__: name, workload: 'w', workload_kind: kind },
      family,
      timesMs: new Float64Array(0),
      values: new Float64Array(0),
    })),
  ),
  samples: 0,
  startMs: 0,
  endMs: 0,
});
const classes = (r: Recording): Record<string, string> =>
  Object.fromEntries(recordingFeatures(r).features.map(({ name, unitClass }) => [name, unitClass]));

describe('recordingFeatures', () => {
  it('takes gauges alone', () =>
    expect(
      classes(
        recording([
          ['pod_cpu_usage_cores', 'gauge', ['']],
          ['hits', 'counter', ['']],
        ]),
      ),
    ).toEqual({ pod_cpu_usage_cores: 'cpu_cores' }));

  it('has node metrics as context beside pods, and as the own ones of nodes', () => {
    expect(classes(recording([['node_cpu_usage_ratio', 'gauge', ['Deployment', 'Node']]]))).toEqual({ node_cpu_usage_ratio: 'context' });
    const own = recording([
      ['node_cpu_usage_ratio', 'gauge', ['Node', 'Node']],
      ['node_memory_free_bytes', 'gauge', ['Node']],
    ]);
    expect(classes(own)).toEqual({ node_cpu_usage_ratio: 'ratio', node_memory_free_bytes: 'memory_bytes' });
  });
});
