import { type Database, openPostgresDatabase } from '../../src/platform/index.ts';
import { describeAlertSearch } from '../contract/store/alert-search-contract.ts';
import { describeDatabase } from '../contract/store/database-contract.ts';
import { describeEventStore } from '../contract/store/event-store-contract.ts';
import { describeWith } from './real-program.ts';
import { type RunningPostgres, startPostgres } from './support/postgres.ts';
import { until } from './support/until.ts';

describeWith(['postgres', 'initdb'], 'PostgreSQL', (postgres, initdb) => {
  let server: RunningPostgres;
  beforeAll(async () => {
    server = await startPostgres(postgres, initdb);
  }, 60_000);
  afterAll(() => server.stop());

  describeDatabase('PostgreSQL', async () => ({
    database: await openPostgresDatabase({ url: await server.newDatabase() }),
    discard: async () => undefined,
  }));
  describeEventStore('PostgreSQL', async () => ({
    database: await openPostgresDatabase({ url: await server.newDatabase() }),
    discard: async () => undefined,
  }));
  describeAlertSearch('PostgreSQL', async () => ({
    database: await openPostgresDatabase({ url: await server.newDatabase() }),
    discard: async () => undefined,
  }));

  it('says that it is gone, keeps what was committed, and works on when it is back', async () => {
    const url = await server.newDatabase();
    const database: Database = await openPostgresDatabase({ url });
    await database.run('CREATE TABLE a (x BIGINT)');
    await database.transaction((tx) => tx.run('INSERT INTO a VALUES (1)'));
    await server.kill();
    await expect(database.run('INSERT INTO a VALUES (2)')).rejects.toMatchObject({ code: 'not_ready', reason: 'gone' });
    await expect(database.transaction((tx) => tx.run('INSERT INTO a VALUES (2)'))).rejects.toMatchObject({ reason: 'gone' });
    await expect(openPostgresDatabase({ url })).rejects.toMatchObject({ reason: 'gone' });
    await server.start();
    const rows = await until('answer', () => database.all('SELECT x FROM a').catch(() => undefined), { timeoutMs: 10_000 });
    expect(rows).toEqual([{ x: 1 }]);
    expect(await database.transaction((tx) => tx.run('INSERT INTO a VALUES (3)'))).toBe(1);
    await database.close();
  }, 60_000);

  it('lets the writers of two processes wait for each other', async () => {
    const url = await server.newDatabase();
    const both = await Promise.all([openPostgresDatabase({ url }), openPostgresDatabase({ url })]);
    await both[0].run('CREATE TABLE a (x BIGINT PRIMARY KEY)');
    const next = (database: Database): Promise<void> =>
      database.transaction(async (tx) => {
        const [row] = await tx.all('SELECT COALESCE(MAX(x), 0) AS x FROM a');
        await tx.run('INSERT INTO a VALUES (?)', [Number(row?.x) + 1]);
      });
    await Promise.all(Array.from({ length: 30 }, (_, i) => next(both[i % 2]!)));
    expect(await both[0].all('SELECT MAX(x) AS x, COUNT(*) AS count FROM a')).toEqual([{ x: 30, count: 30 }]);
    await Promise.all(both.map((database) => database.close()));
  }, 30_000);
});
