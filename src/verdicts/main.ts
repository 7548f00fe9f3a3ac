import { Command } from 'commander';
import { PORTS } from '../conventions/index.ts';
import { createHttpClient, env, type HttpClient, readFile, runProcess, systemClock, writeFileAtomic } from '../platform/index.ts';
import { formatList, formatVerdict } from './format.ts';
import { readLearned, undoAtReceiver } from './requests.ts';
import { undoInFile } from './verdict-file.ts';

interface Flags {
  readonly exporter: string;
  readonly receiver: string;
  readonly tokenFile?: string;
  readonly caFile?: string;
  readonly file?: string;
  readonly reason?: string;
  readonly json?: boolean;
}

const MAX_FILE_BYTES = 32 * 1024 * 1024;

const withClient = async (flags: Flags, work: (http: HttpClient) => Promise<void>): Promise<void> => {
  const { tokenFile, caFile } = flags;
  const http = createHttpClient({
    ...(tokenFile === undefined ? {} : { bearerTokenFile: tokenFile }),
    ...(caFile === undefined ? {} : { tls: { caFile } }),
  });
  await work(http).finally(() => http.close());
};

const print = (text: string): void => void process.stdout.write(text);

const list = (flags: Flags): Promise<void> =>
  withClient(flags, async (http) => {
    const learned = await readLearned(http, flags.exporter);
    print(flags.json ? `${JSON.stringify(learned, null, 2)}\n` : formatList(learned, systemClock.nowMs()));
  });

const show = (id: string, flags: Flags): Promise<void> =>
  withClient(flags, async (http) => {
    const learned = await readLearned(http, flags.exporter);
    print(formatVerdict(learned, id));
  });

const undo = async (id: string, flags: Flags): Promise<void> => {
  const { file, reason = '' } = flags;
  if (file !== undefined) {
    const text = new TextDecoder().decode(await readFile(file, { maxBytes: MAX_FILE_BYTES }));
    const by = env('USER') ?? 'command line';
    const changed = undoInFile(text, { id, givenSeconds: Math.floor(systemClock.nowMs() / 1000), by, ...(reason ? { reason } : {}) });
    await writeFileAtomic(file, [new TextEncoder().encode(changed)]);
    print(`undone in ${file}: ${id}\n`);
    return;
  }
  await withClient(flags, async (http) => {
    const undone = await undoAtReceiver(http, flags.receiver, id, reason);
    print(undone.map((one) => `undone: ${one}\n`).join(''));
  });
};

const HELP = `
What was learned is asked of an exporter, an undo goes to the receiver (or into the verdict file), and is in the scores after the exporter's next question.

Examples:
  $ bellwether verdicts list
  $ bellwether verdicts show 0b6f...
  $ bellwether verdicts undo 0b6f... --token-file token --reason "was an attack after all"

Exit codes: 0 done, 1 failed, 2 wrong command line or no such verdict.`;

/** `bellwether verdicts`: shows what was learned from people, and takes it back. */
export const verdictsCommand = (): Command => {
  const command = new Command('verdicts')
    .description('Shows what scores learned from verdicts, and takes verdicts back.')
    .addHelpText('after', HELP);
  const withExporter = (one: Command): Command =>
    one.option('--exporter <url>', 'address of the exporter', `http://127.0.0.1:${PORTS.exporterApi}`);
  const action = (work: () => Promise<void>): Promise<void> => runProcess(work);
  withExporter(command.command('list').description('all verdicts, with what became of them'))
    .option('--json', 'as JSON')
    .action((flags: Flags) => action(() => list(flags)));
  withExporter(command.command('show <id>').description('one verdict, with what it changes')).action((id: string, flags: Flags) =>
    action(() => show(id, flags)),
  );
  command
    .command('undo <id>')
    .description('takes a verdict back, with all that was propagated from it')
    .option('--receiver <url>', 'address of the receiver', `http://127.0.0.1:${PORTS.receiverApi}`)
    .option('--token-file <file>', 'file with a token of a role that may respond')
    .option('--ca-file <file>', 'PEM file of the authorities to trust')
    .option('--file <file>', 'the verdict file of the exporter, instead of a receiver')
    .option('--reason <text>', 'why, for the record')
    .action((id: string, flags: Flags) => action(() => undo(id, flags)));
  return command;
};
