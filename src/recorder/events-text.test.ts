import { describe, expect, it } from '@jest/globals';
import { formatEvents, phaseWarnings } from './events-text.ts';
import type { Phases } from './phases-file.ts';

const HEAD = { name: 'r', stepSeconds: 30, source: 'prometheus http://p', recordedFrom: 'a', recordedTo: 'b' };
const UNITS = [
  { namespace: 'n', pod: 'a-1', workload: 'a', workload_kind: 'Deployment' },
  { namespace: 'n', pod: 'a-2', workload: 'a', workload_kind: 'Deployment' },
  { workload: 'node-1', workload_kind: 'Node' },
];
const PHASES: Phases = {
  phases: [
    { id: '2', namespace: 'n', workload: 'a', start: 300, end: 400, kind: 'cpu', metrics: ['m'] },
    { id: '1', namespace: 'n', workload: 'gone', start: 100, end: 200, kind: 'scan', metrics: undefined },
  ],
  cleanUntil: 50,
  faultFreeSpans: [],
  notes: ['x'],
};

describe('formatEvents', () => {
  it('lists workloads with their pods, and phases in time as events', () => {
    expect(JSON.parse(formatEvents(HEAD, UNITS, PHASES))).toEqual({
      set: 'r',
      split: 'r',
      source: 'prometheus http://p',
      recorded: { from: 'a', to: 'b' },
      step_seconds: 30,
      entities: [
        { namespace: 'n', workload: 'a', workload_kind: 'Deployment', pods: ['a-1', 'a-2'] },
        { namespace: '', workload: 'node-1', workload_kind: 'Node' },
      ],
      clean_until: 50,
      events: [
        { id: '1', namespace: 'n', workload: 'gone', start: 100, end: 200, kind: 'scan' },
        { id: '2', namespace: 'n', workload: 'a', start: 300, end: 400, kind: 'cpu', metrics: ['m'] },
      ],
      notes: ['x'],
    });
  });
});

describe('phaseWarnings', () => {
  it('names phases of unknown workloads and outside the recorded time', () =>
    expect(phaseWarnings(PHASES, UNITS, 200, 1000)).toEqual([
      'phase 1: n/gone is not in the recording',
      'phase 1 lies outside the recorded time',
    ]));
});
