import type { Queryable } from '../../platform/index.ts';

/** The key that signs sessions and links: made once, kept in the store, so that replicas and restarts share it and nobody has to look after it. */
export const secretOf = async (tx: Queryable, fresh: string): Promise<string> => {
  await tx.run('INSERT INTO meta (name, value) VALUES (?, ?) ON CONFLICT (name) DO NOTHING', ['signing_key', fresh]);
  const [row] = await tx.all('SELECT value FROM meta WHERE name = ?', ['signing_key']);
  return String(row?.value);
};
