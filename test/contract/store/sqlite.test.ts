import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Database, openSqliteDatabase } from '../../../src/platform/index.ts';
import { describeAlertSearch } from './alert-search-contract.ts';
import { describeDatabase } from './database-contract.ts';
import { describeEventStore } from './event-store-contract.ts';

const MAX_BYTES = 64 * 2 ** 20;
const newFolder = (): string => mkdtempSync(join(tmpdir(), 'bellwether-store-'));

describeDatabase('SQLite', async () => {
  const folder = newFolder();
  return {
    database: await openSqliteDatabase({ path: join(folder, 'deep', 'store.db'), maxBytes: MAX_BYTES }),
    discard: async () => rmSync(folder, { recursive: true }),
  };
});

describeEventStore('SQLite', async () => {
  const folder = newFolder();
  return {
    database: await openSqliteDatabase({ path: join(folder, 'store.db'), maxBytes: MAX_BYTES }),
    discard: async () => rmSync(folder, { recursive: true }),
  };
});

describeAlertSearch('SQLite', async () => {
  const folder = newFolder();
  return {
    database: await openSqliteDatabase({ path: join(folder, 'store.db'), maxBytes: MAX_BYTES }),
    discard: async () => rmSync(folder, { recursive: true }),
  };
});

describe('openSqliteDatabase', () => {
  let folder: string;
  let path: string;
  const opened: Database[] = [];
  const open = async (maxBytes = MAX_BYTES): Promise<Database> => {
    const database = await openSqliteDatabase({ path, maxBytes });
    opened.push(database);
    return database;
  };

  beforeEach(() => {
    folder = newFolder();
    path = join(folder, 'store.db');
  });
  afterEach(async () => {
    for (const database of opened.splice(0)) await database.close();
    rmSync(folder, { recursive: true });
  });

  it('belongs to one process: a second one is refused, the next one after it is not', async () => {
    const first = await open();
    await expect(open()).rejects.toMatchObject({ reason: 'locked', message: expect.stringContaining('belongs to another process') });
    await first.close();
    await (await open()).ping();
    expect(readdirSync(folder).filter((name) => name.includes('.old'))).toEqual([]);
  });

  it('is opened by one of several that come at once', async () => {
    const results = await Promise.allSettled(Array.from({ length: 8 }, () => open()));
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it('opens after its owner was killed in the middle of writing, with what was committed', async () => {
    const script = fileURLToPath(new URL('./endless-writer.ts', import.meta.url));
    const writer = spawn(process.execPath, ['--import', 'tsx', script, path], { stdio: ['ignore', 'pipe', 'inherit'] });
    let said = '';
    writer.stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      // Each line is a commit that was acknowledged.
      if (said.split('\n').length > 20) writer.kill('SIGKILL');
    });
    await once(writer, 'close');
    const acknowledged = Number(said.trimEnd().split('\n').at(-1));
    expect(acknowledged).toBeGreaterThan(10);
    const [row] = await (await open()).all('SELECT COUNT(*) AS count, MAX(id) AS last FROM things');
    expect(Number(row?.count)).toBe(row?.last);
    expect(Number(row?.last)).toBeGreaterThanOrEqual(acknowledged);
  }, 30_000);

  it('takes a name left by a dead process, and the folder of the driver', async () => {
    await (await open()).close();
    mkdirSync(`${path}.lock`);
    const dies = `require('net').createServer().listen(process.argv[1], () => process.kill(process.pid, 'SIGKILL'))`;
    spawnSync(process.execPath, ['-e', dies, join(folder, '.store.db.owner')]);
    expect(readdirSync(folder)).toEqual(['.store.db.owner', 'store.db', 'store.db.lock']);
    await (await open()).run('CREATE TABLE a (x TEXT)');
  });

  it('refuses a damaged file', async () => {
    const database = await open();
    await database.run('CREATE TABLE a (x TEXT)');
    for (let i = 0; i < 50; i++) await database.run('INSERT INTO a VALUES (?)', ['x'.repeat(2000)]);
    await database.close();
    truncateSync(path, 20_000);
    await expect(open()).rejects.toMatchObject({ code: 'not_ready', reason: 'corrupt' });
    writeFileSync(path, 'no database at all, but long enough to be taken for one'.repeat(20));
    await expect(open()).rejects.toMatchObject({ reason: 'corrupt' });
  });

  it('does not grow beyond its limit, says so, and works on after room was made', async () => {
    const database = await open(200_000);
    await database.run('CREATE TABLE a (x TEXT)');
    const fill = async (): Promise<void> => {
      for (let i = 0; i < 100; i++) await database.run('INSERT INTO a VALUES (?)', ['x'.repeat(4000)]);
    };
    await expect(fill()).rejects.toMatchObject({ reason: 'full', code: 'not_ready' });
    const [before] = await database.all('SELECT COUNT(*) AS count FROM a');
    expect(Number(before?.count)).toBeGreaterThan(10);
    await database.run('DELETE FROM a');
    expect(await database.run('INSERT INTO a VALUES (?)', ['y'])).toBe(1);
    expect(await database.usedBytes()).toBeLessThan(100_000);
  });

  it('makes a copy that can be opened, but not over a file', async () => {
    const database = await open();
    await database.run('CREATE TABLE a (x TEXT)');
    await database.run("INSERT INTO a VALUES ('kept')");
    const copy = join(folder, 'copy.db');
    await database.backup(copy);
    await expect(database.backup(copy)).rejects.toMatchObject({ code: 'conflict' });
    const second = await openSqliteDatabase({ path: copy, maxBytes: MAX_BYTES });
    expect(await second.all('SELECT x FROM a')).toEqual([{ x: 'kept' }]);
    await second.close();
  });

  it('says that its folder cannot be made', async () => {
    writeFileSync(join(folder, 'file'), '');
    await expect(openSqliteDatabase({ path: join(folder, 'file', 'store.db'), maxBytes: MAX_BYTES })).rejects.toMatchObject({
      reason: 'read_only',
    });
  });

  it('locks a file whose path is longer than the address of a socket', async () => {
    const deep = join(folder, 'x'.repeat(80), 'y'.repeat(60));
    mkdirSync(deep, { recursive: true });
    path = join(deep, 'store.db');
    const first = await open();
    await expect(open()).rejects.toMatchObject({ reason: 'locked' });
    await first.close();
    expect(existsSync(path)).toBe(true);
    chmodSync(path, 0o644);
  });
});
