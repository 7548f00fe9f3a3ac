import { describe, expect, it } from '@jest/globals';
import { parseEventsFile } from './events-file.ts';

const VALID = {
  set: 's',
  split: 's-1',
  licence: 'MIT',
  step_seconds: 60,
  clean_until: 500,
  entities: [
    { namespace: 'n', workload: 'a', pods: ['a-1'] },
    { namespace: 'n', workload: 'b', clean_until: 700 },
  ],
  events: [{ id: 'e1', namespace: 'n', workload: 'a', start: 600, end: 900, kind: 'cpu', metrics: ['m'], target: { workload: 'b' } }],
  fault_free_spans: [{ start: 1, end: 2 }],
  notes: ['for people'],
};
const parse = (value: unknown) => parseEventsFile(typeof value === 'string' ? value : JSON.stringify(value), 'e.json');

describe('parseEventsFile', () => {
  it('keeps what is used', () => {
    expect(parse(VALID)).toEqual({
      name: 's-1',
      stepSeconds: 60,
      cleanUntil: 500,
      faultFreeSpans: [{ from: 1, to: 2 }],
      entities: [
        { namespace: 'n', workload: 'a', cleanUntil: undefined },
        { namespace: 'n', workload: 'b', cleanUntil: 700 },
      ],
      events: [{ id: 'e1', namespace: 'n', workload: 'a', from: 600, to: 900, kind: 'cpu', metrics: ['m'], targetWorkload: 'b' }],
    });
  });

  it('does without what is optional', () => {
    const { events } = parse({ step_seconds: 60, entities: [], events: [{ namespace: '', workload: 'a', start: 1, end: 2 }] });
    expect(events[0]).toMatchObject({ id: 'event-1', kind: undefined, metrics: undefined, targetWorkload: undefined });
  });

  it('names file and key of everything that is wrong', () => {
    const wrong = { ...VALID, step_seconds: 0, events: [{ namespace: 'n', workload: 7, start: 600 }] };
    expect(() => parse(wrong)).toThrow(
      expect.objectContaining({
        code: 'invalid_input',
        message: expect.stringMatching(
          /e\.json: step_seconds is 0.*more than 0.*e\.json: events\[0\]\.end is missing.*events\[0\]\.workload is 7/s,
        ),
      }),
    );
  });

  it('refuses an event that ends before it starts', () => {
    expect(() => parse({ ...VALID, events: [{ ...VALID.events[0], end: 600 }] })).toThrow(
      'e.json: events[0].end is 600, but must be more than events[0].start = 600',
    );
  });

  it('says when it is no JSON', () => expect(() => parse('{')).toThrow(/^e\.json: not JSON: /));
});
