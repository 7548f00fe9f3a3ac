import { createLedger } from './ledger.ts';
import type { Verdict } from './verdict.ts';

const verdict = (id: string, parent?: string): Verdict => ({
  id,
  word: 'false_alarm',
  workload: { namespace: 'shop', workload: 'cart', workloadKind: 'Deployment' },
  fromSeconds: 1,
  toSeconds: 2,
  givenSeconds: 3,
  expiresSeconds: null,
  by: 'ann',
  source: 'form',
  weight: 1,
  ...(parent === undefined ? {} : { parent }),
});
const undo = (id: string) => ({ id, givenSeconds: 9, by: 'ben' });
const ids = (verdicts: readonly Verdict[]): string[] => verdicts.map(({ id }) => id);

describe('createLedger', () => {
  it('adds a verdict once, however often it comes', () => {
    const ledger = createLedger();
    expect(ids(ledger.apply([{ sequence: 1, verdict: verdict('a') }]).added)).toEqual(['a']);
    expect(ledger.apply([{ sequence: 1, verdict: verdict('a') }])).toEqual({ added: [], removed: [] });
  });

  it('removes what is undone, with all that was propagated from it', () => {
    const ledger = createLedger();
    ledger.apply([
      { sequence: 1, verdict: verdict('a') },
      { sequence: 2, verdict: verdict('b', 'a') },
      { sequence: 3, verdict: verdict('c') },
    ]);
    expect([...ledger.apply([{ sequence: 4, undo: undo('a') }]).removed].sort()).toEqual(['a', 'b']);
    expect(ids(ledger.verdicts)).toEqual(['c']);
  });

  it('neither adds nor removes what is given and undone in one go, and never takes it again', () => {
    const ledger = createLedger();
    expect(
      ledger.apply([
        { sequence: 1, verdict: verdict('a') },
        { sequence: 2, undo: undo('a') },
      ]),
    ).toEqual({ added: [], removed: [] });
    expect(
      ledger.apply([
        { sequence: 1, verdict: verdict('a') },
        { sequence: 3, verdict: verdict('b', 'a') },
      ]).added,
    ).toEqual([]);
  });

  it('tells what no longer counts when it is cleared', () => {
    const ledger = createLedger();
    ledger.apply([{ sequence: 1, verdict: verdict('a') }]);
    expect(ledger.clear()).toEqual(['a']);
    expect(ids(ledger.apply([{ sequence: 1, verdict: verdict('a') }]).added)).toEqual(['a']);
  });
});
