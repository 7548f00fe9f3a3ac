import { describe, expect, it } from '@jest/globals';
import type { KubernetesObject } from '../../../platform/index.ts';
import { conditionAcceptance, policyAcceptance, presence } from './acceptance.ts';

const object = (status: object | undefined, generation = 2): KubernetesObject => ({
  apiVersion: 'example.com/v1',
  kind: 'Policy',
  metadata: { name: 'p', generation },
  ...(status ? { status } : {}),
});
const condition = (type: string, status: string, observedGeneration = 2, reason = 'Because') => ({
  type,
  status,
  reason,
  message: 'so it is',
  observedGeneration,
});
const ancestors = (...conditions: object[][]) => ({
  ancestors: conditions.map((list, i) => ({ ancestorRef: { kind: 'Gateway', name: `g${i}` }, conditions: list })),
});

describe('policyAcceptance', () => {
  it.each([
    ['accepted by all ancestors', ancestors([condition('Accepted', 'True')], [condition('Accepted', 'True')]), 'accepted'],
    ['refused by one of them', ancestors([condition('Accepted', 'True')], [condition('Accepted', 'False')]), 'refused'],
    ['not judged by one of them', ancestors([condition('Accepted', 'True')], []), 'pending'],
    ['conflicting', ancestors([condition('Accepted', 'True'), condition('Conflicted', 'True')]), 'refused'],
    ['overridden', ancestors([condition('Accepted', 'True'), condition('Overridden', 'True')]), 'refused'],
    ['judged in an older form', ancestors([condition('Accepted', 'True', 1)]), 'pending'],
    ['refused in an older form', ancestors([condition('Accepted', 'False', 1)]), 'pending'],
    ['seen by nobody', undefined, 'pending'],
  ])('tells a policy that is %s', (_, status, state) => {
    expect(policyAcceptance(object(status)).state).toBe(state);
  });

  it('gives the words of the controller, and says when the object is gone', () => {
    expect(policyAcceptance(object(ancestors([condition('Accepted', 'False', 2, 'Conflicted')])))).toEqual({
      state: 'refused',
      reason: 'The controller of Gateway g0 does not take it. Accepted: Conflicted, so it is',
    });
    expect(policyAcceptance(undefined)).toMatchObject({ state: 'refused', reason: expect.stringContaining('gone') });
  });
});

describe('conditionAcceptance', () => {
  it('reads conditions of the object itself, and takes silence as it is told to', () => {
    expect(conditionAcceptance(object({ conditions: [condition('Valid', 'True')] }), 'Valid', 'Cilium').state).toBe('accepted');
    expect(conditionAcceptance(object({ conditions: [condition('Valid', 'False')] }), 'Valid', 'Cilium').state).toBe('refused');
    expect(conditionAcceptance(object(undefined), 'Valid', 'Cilium').state).toBe('pending');
    expect(conditionAcceptance(object(undefined), 'Valid', 'Cilium', 'accepted').state).toBe('accepted');
  });
});

describe('presence', () => {
  it('is all that can be known where nobody writes a status', () => {
    expect(presence([object(undefined)]).state).toBe('accepted');
    expect(presence([object(undefined), undefined]).state).toBe('refused');
  });
});
