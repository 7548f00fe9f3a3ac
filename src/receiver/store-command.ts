import { Command } from 'commander';
import {
  BellwetherError,
  createHttpClient,
  openSqliteDatabase,
  pathKind,
  readBody,
  runProcess,
  writeFileAtomic,
} from '../platform/index.ts';
import { RECEIVER_SCHEMA } from './store/schema.ts';

interface BackupFlags {
  readonly receiver: string;
  readonly tokenFile: string;
  readonly caFile?: string;
}

const DEFAULT_RECEIVER = 'http://127.0.0.1:9467';
/** A gigabyte over a slow line. */
const TIMEOUT_MS = 3_600_000;
const MAX_ERROR_BYTES = 65_536;
/** Nothing is written; the limit must only not be in the way of a file that is there. */
const NO_LIMIT = 2 ** 40;

const print = (text: string): void => void process.stdout.write(text);

/** What a store holds, after its integrity was checked. Rejects with StoreError `corrupt`, or `locked` while a receiver has it. */
const describeStore = async (path: string): Promise<string> => {
  if ((await pathKind(path).catch(() => undefined)) !== 'file') throw new BellwetherError('invalid_input', `${path} is no file`);
  const database = await openSqliteDatabase({ path, maxBytes: NO_LIMIT });
  try {
    const problems = (await database.all('PRAGMA integrity_check(5)')).map((row) => String(Object.values(row)[0]));
    if (problems.join() !== 'ok') throw new BellwetherError('invalid_input', `${path} is damaged: ${problems.join('; ')}`);
    const count = async (sql: string): Promise<number> => Number((await database.all(sql))[0]?.count ?? 0);
    const tables = await count("SELECT COUNT(*) AS count FROM sqlite_master WHERE name IN ('alerts', 'verdict_log', 'schema_versions')");
    if (tables < 3) throw new BellwetherError('invalid_input', `${path} is no store of a receiver`);
    const schema = await count('SELECT MAX(version) AS count FROM schema_versions');
    const note = schema > RECEIVER_SCHEMA.length ? ', newer than this version of Bellwether takes' : '';
    const [alerts, verdicts] = [
      await count('SELECT COUNT(*) AS count FROM alerts'),
      await count("SELECT COUNT(*) AS count FROM verdict_log WHERE kind = 'verdict'"),
    ];
    return `whole: ${alerts} alerts, ${verdicts} verdicts, schema ${schema}${note}`;
  } finally {
    await database.close();
  }
};

const backUp = async (path: string, { receiver, tokenFile, caFile }: BackupFlags, signal: AbortSignal): Promise<void> => {
  const http = createHttpClient({ bearerTokenFile: tokenFile, ...(caFile === undefined ? {} : { tls: { caFile } }) });
  try {
    const url = `${receiver.replace(/\/+$/, '')}/api/v1/backup`;
    const response = await http.request({ method: 'GET', url, timeoutMs: TIMEOUT_MS, signal });
    if (response.status !== 200) {
      const text = new TextDecoder().decode(await readBody(response.body, MAX_ERROR_BYTES));
      throw new BellwetherError('upstream_refused', `${url}: status ${response.status}, ${text.slice(0, 300)}`);
    }
    await writeFileAtomic(path, response.body);
  } finally {
    await http.close();
  }
  print(`${path}: ${await describeStore(path)}\n`);
};

/** `bellwether store`: a copy of the store of a running receiver, and whether a store is whole. */
export const storeCommand = (): Command => {
  const command = new Command('store').description('Backs up the SQLite store of a receiver, and checks one.');
  command
    .command('backup')
    .description(
      'Fetches a consistent copy from a running receiver, and checks it. A file that is there is replaced once the new one is whole.',
    )
    .argument('<file>', 'where to write it')
    .option('--receiver <url>', 'address of the receiver', DEFAULT_RECEIVER)
    .requiredOption('--token-file <file>', 'file with a token of the role admin')
    .option('--ca-file <file>', 'authorities for its certificate')
    .action(async (path: string, flags: BackupFlags) => {
      await runProcess((signal) => backUp(path, flags, signal));
    });
  command
    .command('check')
    .description('Says whether a store that no receiver has open is whole, and what it holds.')
    .argument('<file>', 'the store, or a backup')
    .action(async (path: string) => {
      await runProcess(async () => print(`${path}: ${await describeStore(path)}\n`));
    });
  return command.addHelpText('after', '\nExit code: 0 whole, 1 not fetched or damaged, 2 wrong command line or file.');
};
