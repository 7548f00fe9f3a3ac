import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createGroupCommit, type Database, migrate } from '../../../src/platform/index.ts';

/** What both kinds of database have to do. `open` gives an empty one. */
export const describeDatabase = (name: string, open: () => Promise<{ readonly database: Database; discard(): Promise<void> }>): void => {
  describe(`database contract, ${name}`, () => {
    let database: Database;
    let discard: () => Promise<void>;

    beforeEach(async () => {
      ({ database, discard } = await open());
      await database.run('CREATE TABLE things (id BIGINT PRIMARY KEY, name TEXT, size DOUBLE PRECISION)');
    });
    afterEach(async () => {
      await database.close();
      await discard();
    });

    const names = async (): Promise<unknown[]> => (await database.all('SELECT name FROM things ORDER BY id')).map((row) => row.name);

    it('gives back what was written: texts, times, fractions and nothing', async () => {
      const values = [
        [1, "it's ü ☃ \u0001 ?", 0.1],
        [1_763_750_000_123, null, null],
      ] as const;
      for (const row of values) expect(await database.run('INSERT INTO things VALUES (?, ?, ?)', row)).toBe(1);
      expect(await database.all('SELECT id, name, size FROM things ORDER BY id')).toEqual(
        values.map(([id, text, size]) => ({ id, name: text, size })),
      );
    });

    it('counts the rows that a statement changes, and gives rows of one that returns some', async () => {
      for (const id of [1, 2, 3]) await database.run('INSERT INTO things VALUES (?, ?, ?)', [id, 'a', null]);
      expect(await database.run('UPDATE things SET name = ? WHERE id > ?', ['b', 1])).toBe(2);
      expect(await database.run('INSERT INTO things VALUES (1, ?, NULL) ON CONFLICT (id) DO NOTHING', ['c'])).toBe(0);
      expect(await database.all('DELETE FROM things WHERE id = ? RETURNING name', [1])).toEqual([{ name: 'a' }]);
      expect(await database.all('SELECT COUNT(*) AS count, MAX(id) AS largest FROM things')).toEqual([{ count: 2, largest: 3 }]);
    });

    it('does all of a transaction or nothing', async () => {
      const broken = database.transaction(async (tx) => {
        await tx.run('INSERT INTO things VALUES (1, ?, NULL)', ['lost']);
        throw new Error('no');
      });
      await expect(broken).rejects.toThrow('no');
      const refused = database.transaction(async (tx) => {
        await tx.run('INSERT INTO things VALUES (2, ?, NULL)', ['lost']);
        await tx.run('INSERT INTO things VALUES (2, ?, NULL)', ['twice']);
      });
      await expect(refused).rejects.toMatchObject({ code: 'not_ready' });
      expect(await database.transaction(async (tx) => tx.run('INSERT INTO things VALUES (3, ?, NULL)', ['kept']))).toBe(1);
      expect(await names()).toEqual(['kept']);
    });

    it('runs transactions one after the other', async () => {
      const next = (): Promise<void> =>
        database.transaction(async (tx) => {
          const [row] = await tx.all('SELECT COALESCE(MAX(id), 0) AS id FROM things');
          await tx.run('INSERT INTO things VALUES (?, ?, NULL)', [Number(row?.id) + 1, 'x']);
        });
      await Promise.all(Array.from({ length: 20 }, next));
      expect(await database.all('SELECT MAX(id) AS id FROM things')).toEqual([{ id: 20 }]);
    });

    it('writes together what comes at the same time, and tells each its own fate', async () => {
      const commit = createGroupCommit(database);
      const write = (id: number): Promise<number> => commit.write((tx) => tx.run('INSERT INTO things VALUES (?, ?, NULL)', [id, `n${id}`]));
      const results = await Promise.allSettled([1, 2, 2, 3].map(write));
      expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled']);
      expect(await names()).toEqual(['n1', 'n2', 'n3']);
    });

    it('says how much room it takes', async () => {
      const before = await database.usedBytes();
      const text = 'x'.repeat(20_000);
      for (let id = 0; id < 20; id++) await database.run('INSERT INTO things VALUES (?, ?, NULL)', [id, `${id}${text}`]);
      expect((await database.usedBytes()) - before).toBeGreaterThan(database.kind === 'sqlite' ? 300_000 : 0);
    });

    it('goes from schema to schema, and refuses one that it does not know', async () => {
      const first = { about: 'first', statements: ['CREATE TABLE a (x BIGINT)'] };
      const second = { about: 'second', statements: ['ALTER TABLE a ADD COLUMN y TEXT', "INSERT INTO a VALUES (1, 'new')"] };
      expect(await migrate(database, [first], 1)).toBe(1);
      expect(await migrate(database, [first, second], 2)).toBe(1);
      expect(await migrate(database, [first, second], 3)).toBe(0);
      expect(await database.all('SELECT * FROM a')).toEqual([{ x: 1, y: 'new' }]);
      await expect(migrate(database, [first], 4)).rejects.toMatchObject({
        code: 'invalid_config',
        message: expect.stringContaining('the store has schema 2, but this version of Bellwether knows 1'),
      });
    });

    it('leaves the schema as it was where a step fails', async () => {
      const broken = { about: 'broken', statements: ['CREATE TABLE b (x BIGINT)', 'INSERT INTO nowhere VALUES (1)'] };
      await expect(migrate(database, [broken], 1)).rejects.toThrow();
      expect(await migrate(database, [{ about: 'good', statements: ['CREATE TABLE b (x BIGINT)'] }], 1)).toBe(1);
    });
  });
};
