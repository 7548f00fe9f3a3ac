import { BellwetherError } from '../error.ts';
import type { Database } from './database.ts';

/** One step of a schema, by statements that both kinds of database take. A step that was released never changes. */
export interface Migration {
  readonly about: string;
  readonly statements: readonly string[];
}

/**
 * Brings the tables to the newest schema, each step as one transaction. Rejects with `invalid_config` where a newer version has written the store: an
 * older one would not know what the tables mean. Gives the number of steps that were taken.
 */
export const migrate = async (database: Database, migrations: readonly Migration[], nowMs: number): Promise<number> => {
  await database.run(
    'CREATE TABLE IF NOT EXISTS schema_versions (version BIGINT PRIMARY KEY, about TEXT NOT NULL, applied_ms BIGINT NOT NULL)',
  );
  let taken = 0;
  for (let more = true; more; ) {
    more = await database.transaction(async (tx) => {
      const [row] = await tx.all('SELECT MAX(version) AS version FROM schema_versions');
      const version = Number(row?.version ?? 0);
      if (version > migrations.length) {
        throw new BellwetherError(
          'invalid_config',
          `the store has schema ${version}, but this version of Bellwether knows ${migrations.length}: run the newer version, or restore a backup from before`,
        );
      }
      const next = migrations[version];
      if (!next) return false;
      for (const statement of next.statements) await tx.run(statement);
      await tx.run('INSERT INTO schema_versions (version, about, applied_ms) VALUES (?, ?, ?)', [version + 1, next.about, nowMs]);
      taken++;
      return true;
    });
  }
  return taken;
};
