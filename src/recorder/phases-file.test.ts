import { describe, expect, it } from '@jest/globals';
import { parsePhases } from './phases-file.ts';

const YAML = `
phases:
  - start: 2026-08-21T09:00:00Z
    end: 1787308200
    namespace: shop
    workload: cart
    kind: cpu
    metrics: [pod_cpu_usage_cores]
  - { id: flood-1, start: 2026-08-21T10:00:00+02:00, end: 2026-08-21T10:05:00+02:00, namespace: shop, workload: web, kind: flood }
clean_until: 2026-08-21T08:00:00Z
fault_free_spans: [{ start: 1, end: 2 }]
notes: [load from one client]
`;

describe('parsePhases', () => {
  it('reads YAML with dates, unix seconds and zones', () => {
    expect(parsePhases(YAML, 'p.yaml')).toEqual({
      phases: [
        {
          id: 'phase-1',
          start: 1_787_302_800,
          end: 1_787_308_200,
          namespace: 'shop',
          workload: 'cart',
          kind: 'cpu',
          metrics: ['pod_cpu_usage_cores'],
        },
        { id: 'flood-1', start: 1_787_299_200, end: 1_787_299_500, namespace: 'shop', workload: 'web', kind: 'flood', metrics: undefined },
      ],
      cleanUntil: 1_787_299_200,
      faultFreeSpans: [{ start: 1, end: 2 }],
      notes: ['load from one client'],
    });
  });

  it('reads a bare list, also as JSON', () => {
    const phase = { start: 1, end: 2, namespace: 'n', workload: 'w', kind: 'cpu' };
    expect(parsePhases(JSON.stringify([phase]), 'p.json').phases).toHaveLength(1);
  });

  it('tells every wrong key at once', () => {
    const text = `
- { start: 5, end: 6, namespace: shop, worklaod: cart, kind: cpu }
- { start: 5, end: x, namespace: 7, workload: web, kind: "" }
`;
    expect(() => parsePhases(text, 'p.yaml')).toThrow(
      expect.objectContaining({
        code: 'invalid_input',
        message: expect.stringMatching(
          /p\.yaml: phases\[0\]\.workload is missing.*worklaod is not a known key; did you mean workload.*phases\[1\]\.namespace is 7.*phases\[1\]\.kind is ""/s,
        ),
      }),
    );
  });

  it('tells every wrong time at once', () => {
    const text = `
- { start: 9, end: 9, namespace: n, workload: w, kind: k }
- { start: 2026-08-21, end: -2h, namespace: n, workload: w, kind: k }
`;
    expect(() => parsePhases(text, 'p.yaml')).toThrow(
      /phases\[0\]\.end is 9, but must be later than phases\[0\]\.start = 9.*phases\[1\]\.start is "2026-08-21", but must be a time with zone.*phases\[1\]\.end is "-2h"/s,
    );
  });

  it('says where YAML is broken', () => expect(() => parsePhases('phases: [', 'p.yaml')).toThrow(/^p\.yaml: not YAML or JSON: /));
});
