// Writes rows until it is killed, and says each one that was committed: for the test of what a killed owner leaves behind.
import { openSqliteDatabase } from '../../../src/platform/index.ts';

const database = await openSqliteDatabase({ path: String(process.argv[2]), maxBytes: 64 * 2 ** 20 });
await database.run('CREATE TABLE things (id BIGINT PRIMARY KEY, text TEXT)');
for (let id = 1; id < 100_000; id++) {
  await database.transaction((tx) => tx.run('INSERT INTO things VALUES (?, ?)', [id, 'x'.repeat(3000)]));
  process.stdout.write(`${id}\n`);
}
