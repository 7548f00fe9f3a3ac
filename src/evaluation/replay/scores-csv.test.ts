import { describe, expect, it } from '@jest/globals';
import { createScoreLog, nameOf } from './score-log.ts';
import { formatScores } from './scores-csv.ts';

describe('formatScores', () => {
  it('writes unix seconds, shortest digits, nothing for no number, and quotes where needed', () => {
    const log = createScoreLog();
    log.add({ namespace: 'n', workload: 'a,"b"' }, 1500, Number.NaN, false, Number.NaN);
    log.add({ namespace: 'n', workload: 'a,"b"' }, 2000, 0.1 + 0.2, true, 1.5);
    log.add({ namespace: '', workload: 'node-1' }, 2000, 0, true, 0);
    const text = Array.from(formatScores(log.entities()), (chunk) => new TextDecoder().decode(chunk)).join('');
    expect(text.split('\n')).toEqual([
      'time,namespace,workload,score,ready,margin',
      '1.5,n,"a,""b""",,0,',
      '2,n,"a,""b""",0.30000000000000004,1,1.5',
      '2,,node-1,0,1,0',
      '',
    ]);
  });

  it('adds the kinds of rows, empty for an entity that has none', () => {
    const log = createScoreLog();
    for (const workload of ['a', 'b']) log.add({ namespace: 'n', workload }, 1000, 0.5, true, 0.5);
    const kindsOf = ({ workload }: { workload: string }) => (workload === 'a' ? ['miner'] : undefined);
    const text = Array.from(formatScores(log.entities(), kindsOf), (chunk) => new TextDecoder().decode(chunk)).join('');
    expect(text).toBe('time,namespace,workload,score,ready,margin,kind\n1,n,a,0.5,1,0.5,miner\n1,n,b,0.5,1,0.5,\n');
  });
});

describe('nameOf', () => {
  it.each([
    ['a workload', { namespace: 'n', workload: 'w', workloadKind: 'Deployment' }, { namespace: 'n', workload: 'w' }],
    [
      'an entity of labels',
      { namespace: '', workload: '', workloadKind: '', entity: { rack: 'r', host: 'h' } },
      { namespace: '', workload: 'r/h' },
    ],
    [
      'an entity with known labels',
      { namespace: '', workload: '', workloadKind: '', entity: { namespace: 'n', workload: 'w', zone: 'z' } },
      { namespace: 'n', workload: 'w' },
    ],
  ])('names %s', (_, key, name) => expect(nameOf(key)).toEqual(name));
});
