import { Command, InvalidArgumentError } from 'commander';
import { type CommandEntry, runProgram } from './program.ts';

const port = (text: string): number => {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('It must be a whole number from 0 to 65535.');
  return Number(text);
};

const run = async (...args: string[]) => {
  const seen: unknown[] = [];
  const loaded: string[] = [];
  const entry = (name: string, action: () => void = () => undefined): CommandEntry => ({
    name,
    summary: `does ${name}`,
    group: 'Watch:',
    load: async () => {
      loaded.push(name);
      return new Command(name)
        .requiredOption('--prometheus <url>', 'where')
        .option('--port <number>', 'port', port, 9466)
        .action((options) => {
          seen.push(options);
          action();
        });
    },
  });
  let out = '';
  let err = '';
  const entries = [
    entry('exporter'),
    entry('record', () => {
      throw new Error('disk full');
    }),
  ];
  const code = await runProgram(entries, args, { out: (text) => (out += text), err: (text) => (err += text) }).catch(
    (error: Error) => error.message,
  );
  return { code, out, err, seen, loaded };
};

describe('runProgram', () => {
  it('runs the command with its options', async () => {
    const { code, seen } = await run('exporter', '--prometheus', 'http://x', '--port', '1');
    expect({ code, seen }).toEqual({ code: undefined, seen: [{ prometheus: 'http://x', port: 1 }] });
  });

  it.each([
    {
      name: 'unknown option',
      args: ['exporter', '--prometheus', 'x', '--prt', '1'],
      says: "unknown option '--prt' (Did you mean --port?)",
    },
    {
      name: 'bad number',
      args: ['exporter', '--prometheus', 'x', '--port', 'many'],
      says: "argument 'many' is invalid. It must be a whole number",
    },
    { name: 'missing option', args: ['exporter'], says: "required option '--prometheus <url>' not specified" },
    { name: 'missing value', args: ['exporter', '--prometheus'], says: "option '--prometheus <url>' argument missing" },
    { name: 'too many arguments', args: ['exporter', '--prometheus', 'x', 'more'], says: 'too many arguments' },
    { name: 'unknown command', args: ['exprter'], says: "unknown command 'exprter' (Did you mean exporter?)" },
  ])('answers wrong use with one line and exit code 2: $name', async ({ args, says }) => {
    const { code, err } = await run(...args);
    expect(code).toBe(2);
    expect(err).toContain(says);
    expect(err).toMatch(/^bellwether: [^\n]+; see bellwether( exporter)? --help\n$/);
  });

  it('loads no command for the general help, which names all of them', async () => {
    const { code, out, loaded } = await run('--help');
    expect({ code, loaded }).toEqual({ code: 0, loaded: [] });
    expect(out).toMatch(/Watch:\n\s+exporter .*does exporter\n\s+record .*does record/);
    expect(out).toContain('9464');
    expect(out).toContain('Exit codes:');
  });

  it.each([[['exporter', '--help']], [['help', 'exporter']]])('shows the options of one command: %s', async (args) => {
    const { code, out, loaded } = await run(...args);
    expect({ code, loaded }).toEqual({ code: 0, loaded: ['exporter'] });
    expect(out).toContain('--prometheus <url>');
  });

  it('shows the help on standard error where no command is given', async () => {
    const { code, out, err } = await run();
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain('does record');
  });

  it('passes an error of the command on', async () => {
    expect((await run('record', '--prometheus', 'x')).code).toBe('disk full');
  });
});
