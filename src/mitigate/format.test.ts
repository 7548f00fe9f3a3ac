import { describe, expect, it } from '@jest/globals';
import { formatMitigation, formatMitigations, formatPlan, type MitigationView } from './format.ts';

const VIEW: MitigationView = {
  namespace: 'shop',
  name: 'cart-1',
  spec: { target: { kind: 'HTTPRoute', name: 'cart' }, reason: 'flood', requestedBy: 'ann' },
  status: {
    phase: 'Applied',
    mode: 'enforce',
    message: 'turns away 7 requests per second',
    expiresAt: '2026-01-01T00:15:00Z',
    numbers: { requestsPerSecond: 10, burst: 50, from: 'as asked for' },
    conditions: [{ type: 'Accepted', status: 'True', reason: 'Accepted' }],
  },
};

describe('formatMitigations', () => {
  it('aligns columns and says when there is none', () => {
    expect(formatMitigations([VIEW])).toBe(
      'NAMESPACE  NAME    TARGET          PHASE    MODE     RATE  EXPIRES               MESSAGE\n' +
        'shop       cart-1  HTTPRoute/cart  Applied  enforce  10    2026-01-01T00:15:00Z  turns away 7 requests per second\n',
    );
    expect(formatMitigations([])).toBe('there is no mitigation\n');
  });
});

describe('formatMitigation', () => {
  it('tells who, why, how much and until when', () => {
    const text = formatMitigation(VIEW);
    for (const part of ['why: flood', 'who: ann', 'limit: 10/s, burst 50', 'expires: 2026-01-01T00:15:00Z', 'Accepted True (Accepted)'])
      expect(text).toContain(part);
  });
});

describe('formatPlan', () => {
  it('names the guard of a refusal, and what is still missing of an approval', () => {
    expect(formatPlan({ allowed: false, guard: 'cooldown', reason: 'it rests' })).toBe('refused (cooldown): it rests\n');
    expect(formatPlan({ allowed: true, changes: [], approval: 'ask', askReason: 'nothing bites without a person' })).toContain(
      'would write:\n  nothing\nneeds an approval: nothing bites without a person',
    );
  });
});
