import { LONGEST_WINDOW_SECONDS, parseVerdict, parseVerdictRequest, verdictWorkloadId, workloadOf } from './verdict.ts';
import { VERDICT_WORDS } from './word.ts';

const request = {
  word: 'false_alarm',
  workload: { namespace: 'shop', workload: 'cart', workloadKind: 'Deployment' },
  fromSeconds: 1_700_000_000,
  toSeconds: 1_700_000_600,
  reason: 'nightly batch',
};
const verdict = { ...request, id: 'v1', givenSeconds: 1_700_001_000, expiresSeconds: null, by: 'ann', source: 'form', weight: 1 };
const problemsOf = (result: ReturnType<typeof parseVerdict> | ReturnType<typeof parseVerdictRequest>): string[] =>
  result.ok ? [] : result.problems.map(({ key }) => key);

describe('parseVerdictRequest', () => {
  it.each(VERDICT_WORDS)('takes the word %s', (word) => {
    expect(parseVerdictRequest({ ...request, word }).ok).toBe(true);
  });

  it.each([
    ['an unknown word', { word: 'wrong' }, 'word'],
    ['an end before the start', { toSeconds: 1 }, 'toSeconds'],
    ['a window longer than seven days', { toSeconds: request.fromSeconds + LONGEST_WINDOW_SECONDS + 1 }, 'toSeconds'],
    ['a weight of its own', { weight: 1 }, 'weight'],
    ['an author of its own', { by: 'admin' }, 'by'],
    ['a workload without a name', { workload: { namespace: 'shop', workloadKind: '' } }, 'workload.workload'],
    ['milliseconds', { fromSeconds: 1_700_000_000_000 }, 'fromSeconds'],
  ])('refuses %s by the name of the field', (_, change, key) => {
    expect(problemsOf(parseVerdictRequest({ ...request, ...change }))).toEqual([key]);
  });
});

describe('parseVerdict', () => {
  it('takes a complete verdict', () => {
    expect(parseVerdict(verdict)).toEqual({ ok: true, value: verdict });
  });

  it('refuses a weight above 1 and an unknown source', () => {
    expect(problemsOf(parseVerdict({ ...verdict, weight: 2, source: 'rumour' })).sort()).toEqual(['source', 'weight']);
  });
});

describe('workloadOf', () => {
  it('gives the key that scores have', () => {
    expect(verdictWorkloadId(verdict)).toBe('Deployment/shop/cart');
    const entity = { ...verdict, workload: { ...verdict.workload, entity: { queue: 'mail' } } };
    expect(workloadOf(entity).entity).toEqual({ queue: 'mail' });
    expect(verdictWorkloadId(entity)).toBe('[["queue","mail"]]');
  });
});
