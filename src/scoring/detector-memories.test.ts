import { describe, expect, it } from '@jest/globals';
import { testLayout } from '../testing/frames.ts';
import { type Detector, NO_MEMORY } from './detector.ts';
import { recallAll, rememberAll } from './detector-memories.ts';
import { createWorkloadState, type WorkloadState } from './workload-state.ts';

/** A detector that keeps a text per state. */
const keeper = (id: string) => {
  const texts = new WeakMap<WorkloadState, unknown>();
  const detector: Detector = {
    id,
    memory: () => NO_MEMORY,
    observe: () => undefined,
    remember: (state) => texts.get(state),
    recall: (state, text) => void texts.set(state, text),
  };
  return { detector, texts };
};
const newState = (): WorkloadState => createWorkloadState(testLayout('a'), { stepSeconds: 30, bank: false }, []);

describe('rememberAll', () => {
  it('gives what each detector keeps of a state, and nothing of those that keep nothing', () => {
    const [first, second] = [keeper('first'), keeper('second')];
    const state = newState();
    first.texts.set(state, 'one');
    const plain: Detector = { id: 'plain', memory: () => NO_MEMORY, observe: () => undefined };
    expect(rememberAll([first.detector, second.detector, plain], state)).toEqual({ first: 'one' });
  });
});

describe('recallAll', () => {
  it('gives each detector its own back, for another state', () => {
    const { detector, texts } = keeper('first');
    const state = newState();
    recallAll([detector, keeper('second').detector], state, { first: 'one', gone: 'two' });
    expect(texts.get(state)).toBe('one');
  });

  it.each([undefined, null, 3, 'text'])('takes %p for none', (memories) => {
    const { detector, texts } = keeper('first');
    const state = newState();
    recallAll([detector], state, memories);
    expect(texts.has(state)).toBe(false);
  });
});
