import { Command, CommanderError } from 'commander';
import { VERSION } from '../conventions/index.ts';
import { AFTER_HELP, DESCRIPTION } from './help-text.ts';

/** One command of the program. Its module is loaded only when it is asked for, which keeps `--help` fast. */
export interface CommandEntry {
  readonly name: string;
  readonly summary: string;
  /** Heading in the help text. */
  readonly group: string;
  readonly load: () => Promise<Command>;
}

/** Where text and exit code go. */
export interface ProgramHost {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
}

const USAGE_EXIT_CODE = 2;

/** `error: unknown option '--promtheus'\n(Did you mean --prometheus?)` as one line that also says where to look. */
const oneLine = (text: string, name: string): string => {
  const message = text
    .replace(/^error: /, '')
    .trim()
    .replaceAll(/\s*\n\s*/g, ' ')
    .replace(/\.$/, '');
  return `bellwether: ${message}; see ${name} --help\n`;
};

const fullName = (command: Command): string => (command.parent ? `${fullName(command.parent)} ${command.name()}` : command.name());

/** Commander's settings do not reach commands made elsewhere, so each one gets them. */
const prepare = (command: Command, host: ProgramHost): Command => {
  command
    .exitOverride()
    .configureOutput({ writeOut: host.out, writeErr: host.err, outputError: (text, write) => write(oneLine(text, fullName(command))) })
    .configureHelp({ showGlobalOptions: false, sortOptions: false })
    .showSuggestionAfterError();
  for (const child of command.commands) prepare(child, host);
  return command;
};

const placeholder = ({ name }: CommandEntry): Command => new Command(name);

const createProgram = async (entries: readonly CommandEntry[], wanted: string | undefined, host: ProgramHost): Promise<Command> => {
  const program = new Command('bellwether')
    .description(DESCRIPTION)
    .usage('COMMAND [options]')
    .version(VERSION, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this text, or that of a command')
    .helpCommand(false)
    .addHelpText('after', AFTER_HELP);
  for (const entry of entries) {
    const command = entry.name === wanted ? await entry.load() : placeholder(entry);
    program.addCommand(command.summary(entry.summary).helpGroup(entry.group));
  }
  return prepare(program, host);
};

const exitCodeOf = ({ exitCode }: CommanderError): number => (exitCode === 0 ? 0 : USAGE_EXIT_CODE);

/**
 * Runs the command that the arguments name and gives back the exit code, undefined where the command has set its own. Wrong use is one
 * line on standard error and exit code 2. An error of the command itself is thrown.
 */
export const runProgram = async (
  entries: readonly CommandEntry[],
  args: readonly string[],
  host: ProgramHost,
): Promise<number | undefined> => {
  // `bellwether help exporter` is what many try first.
  const [first, ...rest] = args;
  const asked = first === 'help' ? [...rest, '--help'] : args;
  const program = await createProgram(entries, asked[0], host);
  if (asked.length === 0) {
    host.err(program.helpInformation());
    host.err(`${AFTER_HELP}\n`);
    return USAGE_EXIT_CODE;
  }
  try {
    await program.parseAsync([...asked], { from: 'user' });
    return undefined;
  } catch (error) {
    if (error instanceof CommanderError) return exitCodeOf(error);
    throw error;
  }
};
