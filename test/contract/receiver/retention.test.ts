import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Database, migrate, openSqliteDatabase } from '../../../src/platform/index.ts';
import { writeAlert } from '../../../src/receiver/store/alert-store.ts';
import { applyRetention } from '../../../src/receiver/store/retention.ts';
import { RECEIVER_SCHEMA } from '../../../src/receiver/store/schema.ts';

const DAY_MS = 86_400_000;
const NOW_MS = 1_800_000_000_000;
const MAX_BYTES = 4 * 2 ** 20;

describe('applyRetention', () => {
  let folder: string;
  let database: Database;
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'bellwether-retention-'));
    database = await openSqliteDatabase({ path: join(folder, 'store.db'), maxBytes: MAX_BYTES });
    await migrate(database, RECEIVER_SCHEMA, NOW_MS);
  });
  afterEach(async () => {
    await database.close();
    rmSync(folder, { recursive: true });
  });

  const keep = (count: number, ageDays: number, status: 'firing' | 'resolved', text = ''): Promise<void> =>
    database.transaction(async (tx) => {
      for (let i = 0; i < count; i++) {
        const startsMs = NOW_MS - ageDays * DAY_MS + i;
        const fingerprint = `${ageDays}${status === 'firing' ? 1 : 0}${i}`.padStart(16, '0');
        const labels = { alertname: 'A', namespace: 'n', workload: `w${i}` };
        await writeAlert(
          tx,
          {
            fingerprint,
            status,
            labels,
            annotations: { text },
            startsMs,
            endsMs: status === 'firing' ? undefined : startsMs + 1000,
            generatorUrl: '',
          },
          { receiver: '', externalUrl: '' },
          startsMs,
        );
      }
    });
  const count = async (): Promise<number> => Number((await database.all('SELECT COUNT(*) AS count FROM alerts'))[0]?.count);

  it('removes what was resolved too long ago, and nothing that fires', async () => {
    await keep(700, 100, 'resolved');
    await keep(5, 100, 'firing');
    await keep(10, 10, 'resolved');
    expect(await applyRetention(database, { keepMs: 90 * DAY_MS, maxBytes: MAX_BYTES }, NOW_MS)).toEqual({ byAge: 700, bySize: 0 });
    expect(await count()).toBe(15);
  });

  it('removes the oldest first where the store is nearly full, down to four fifths', async () => {
    for (let ageDays = 60; (await database.usedBytes()) < 0.92 * MAX_BYTES; ageDays--)
      await keep(50, ageDays, 'resolved', 'x'.repeat(3000));
    const all = await count();
    const { byAge, bySize } = await applyRetention(database, { keepMs: 90 * DAY_MS, maxBytes: MAX_BYTES }, NOW_MS);
    expect(byAge).toBe(0);
    expect(bySize).toBeGreaterThan(0);
    expect(await count()).toBe(all - bySize);
    expect(await database.usedBytes()).toBeLessThan(0.8 * MAX_BYTES);
    const [oldest] = await database.all('SELECT MIN(starts_ms) AS starts FROM alerts');
    expect(Number(oldest?.starts)).toBe(NOW_MS - (60 - Math.floor(bySize / 50)) * DAY_MS);
  });
});
