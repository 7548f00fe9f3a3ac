import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createGroupCommit, type Database, migrate, openSqliteDatabase } from '../../../src/platform/index.ts';
import { findAlert } from '../../../src/receiver/store/alert-query.ts';
import { writeAlert } from '../../../src/receiver/store/alert-store.ts';
import { RECEIVER_SCHEMA } from '../../../src/receiver/store/schema.ts';
import { findVerdicts } from '../../../src/receiver/store/verdict-store.ts';
import { createPropagation } from '../../../src/receiver/verdicts/propagate.ts';
import { createVerdictBook, type Giver, type VerdictBook } from '../../../src/receiver/verdicts/verdict-book.ts';
import { createSkippingClock } from '../../../src/testing/skipping-clock.ts';

const HOUR_MS = 3_600_000;
const ANN: Giver = { by: 'ann', role: 'responder', source: 'form' };

describe('createPropagation', () => {
  const folder = mkdtempSync(join(tmpdir(), 'bellwether-propagation-'));
  const clock = createSkippingClock(1_790_000_000_000);
  let database: Database;
  let book: VerdictBook;
  let propagate: () => Promise<number>;
  let made = 0;

  const alert = async (
    workload: string,
    { cpu = 4, disk = 3, kind = 'CronJob', hoursAgo = 1 }: { cpu?: number; disk?: number; kind?: string; hoursAgo?: number } = {},
  ): Promise<string> => {
    const fingerprint = (++made).toString(16).padStart(16, '0');
    const startsMs = clock.nowMs() - hoursAgo * HOUR_MS;
    const labels = { alertname: 'WorkloadAnomalous', namespace: 'shop', workload, workload_kind: kind };
    const received = { fingerprint, status: 'firing' as const, labels, annotations: {}, startsMs, endsMs: undefined, generatorUrl: '' };
    const contributors = Object.entries({ cpu, disk }).map(([metric, observed]) => ({
      metric,
      detector: 'plateau',
      observed,
      expected: 1,
      lower: 0,
      upper: 2,
    }));
    await database.transaction(async (tx) => {
      const { id } = await writeAlert(tx, received, { receiver: '', externalUrl: '' }, clock.nowMs());
      await tx.run('UPDATE alerts SET evidence = ? WHERE id = ?', [JSON.stringify({ contributors }), id]);
    });
    return `${fingerprint}-${startsMs}`;
  };
  const inForce = async (alertId: string) =>
    (await findVerdicts(database, { alertId, inForceMs: clock.nowMs() }, { limit: 10 })).map(({ verdict }) => verdict);

  beforeEach(async () => {
    database = await openSqliteDatabase({ path: join(folder, `${++made}.db`), maxBytes: 2 ** 28 });
    await migrate(database, RECEIVER_SCHEMA, 0);
    const commit = createGroupCommit(database);
    book = createVerdictBook({ commit, clock }, { maxWeightPerDay: () => 50 });
    propagate = createPropagation({ commit, book, clock });
  });
  afterEach(() => database.close());
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('gives the verdict to what looks the same, at the weight of a guess, and to nothing else', async () => {
    const judged = await alert('batch');
    const alike = await alert('other-batch', { cpu: 4.4, disk: 3.2 });
    const others = [
      await alert('shape', { cpu: 4, disk: 0.9 }),
      await alert('size', { cpu: 9, disk: 6 }),
      await alert('kind', { kind: 'Deployment' }),
      await alert('time', { hoursAgo: 26 }),
    ];
    const parent = await book.giveRequest({ alert: judged, word: 'false_alarm' }, ANN);
    expect(await propagate()).toBe(1);
    expect(await propagate()).toBe(0);
    expect(await inForce(alike)).toEqual([
      expect.objectContaining({ word: 'false_alarm', source: 'propagation', weight: 0.3, parent: parent.id, by: 'propagation' }),
    ]);
    for (const id of others) expect(await inForce(id)).toEqual([]);
    // It counts for scores, but it is nobody's judgement of the alert.
    expect((await findAlert(database, alike))?.verdict).toBeUndefined();
  });

  it('takes it back with its verdict, and alone for good', async () => {
    const judged = await alert('batch');
    const [one, two] = [await alert('a'), await alert('b')];
    const parent = await book.giveRequest({ alert: judged, word: 'false_alarm' }, ANN);
    expect(await propagate()).toBe(2);
    await book.undo((await inForce(one))[0]!.id, ANN, 'this one was real');
    expect(await propagate()).toBe(0);
    expect(await inForce(one)).toEqual([]);
    expect(await book.undo(parent.id, ANN, 'no')).toHaveLength(2);
    expect(await inForce(two)).toEqual([]);
    expect(await propagate()).toBe(0);
  });

  it('gives way to the word of a person, and does not speak where somebody has', async () => {
    const judged = await alert('batch');
    const alike = await alert('a');
    await book.giveRequest({ alert: judged, word: 'false_alarm' }, ANN);
    await propagate();
    await book.giveRequest({ alert: alike, word: 'confirmed' }, { ...ANN, by: 'bob' });
    expect((await inForce(alike)).map(({ word, by }) => [word, by])).toEqual([['confirmed', 'bob']]);
    expect(await propagate()).toBe(0);
  });

  it('stops at twenty, and propagates no guesses and no plans', async () => {
    const judged = await alert('batch');
    for (let i = 0; i < 25; i++) await alert(`w${i}`);
    await book.giveRequest({ alert: judged, word: 'expected' }, ANN);
    expect(await propagate()).toBe(0);
    await book.giveRequest({ alert: judged, word: 'confirmed' }, { ...ANN, source: 'acknowledgement' });
    expect(await propagate()).toBe(0);
    await book.giveRequest({ alert: judged, word: 'false_alarm' }, ANN);
    expect(await propagate()).toBe(20);
    expect(await propagate()).toBe(0);
  });
});
