// Brings the real programs of tools/catalogue.mjs into .tools/bin. Needs only Node, and for each kind what it says when it is missing.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CATALOGUE } from '../tools/catalogue.mjs';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const HOME = join(ROOT, '.tools');
const BIN = join(HOME, 'bin');
const STAMPS = join(HOME, 'stamps');
const FILES = join(HOME, 'files');
const LOCK = join(HOME, 'lock');

const HELP = `npm run tools [-- NAME...]   bring these programs into .tools/bin; without names those that the suites need
npm run tools -- --list      what there is, and what is here`;

/** A tool that cannot be had, with what to do about it. `soft`: this machine can never have it. */
class Unavailable extends Error {
  constructor(message, { soft = false } = {}) {
    super(message);
    this.soft = soft;
  }
}

const run = (command, args, options = {}) => spawnSync(command, args, { encoding: 'utf8', maxBuffer: 2 ** 26, ...options });
const must = (command, args, options) => {
  const { status, error, stdout, stderr } = run(command, args, options);
  if (error) throw new Unavailable(`${command} did not start: ${error.message}`);
  // The end of a long build log is where the reason is.
  if (status !== 0)
    throw new Unavailable(`${command} ${args[0]} failed:\n${`${stdout}${stderr}`.trim().split('\n').slice(-15).join('\n')}`);
  return stdout;
};
const onPath = (command) =>
  (process.env.PATH ?? '')
    .split(delimiter)
    .filter((folder) => folder && folder !== BIN)
    .map((folder) => join(folder, command))
    .find((path) => existsSync(path));
const isRoot = process.getuid?.() === 0;

/** First line that `--version`, or what the program wants instead, prints; empty where it does not start. */
const versionOf = (path, ask = ['--version']) => {
  const { status, stdout, stderr } = run(path, ask, { timeout: 20_000 });
  return status === 0 ? (`${stdout}${stderr}`.trim().split('\n')[0] ?? '') : '';
};
const fits = (tool, text) => text !== '' && (tool.accepts ? tool.accepts.test(text) : text.includes(tool.version));

const link = (target, name, folder = BIN) => {
  const path = join(folder, name);
  rmSync(path, { force: true });
  symlinkSync(target, path);
};

/** Changes when the entry, its pinned modules or its own source change: then a tool is brought again. */
const stampOf = (tool) => {
  const hash = createHash('sha256').update(JSON.stringify(tool)).update(`${process.platform}/${process.arch}`);
  if (tool.kind === 'go') {
    const folder = join(ROOT, 'tools/go', tool.folder);
    // tools.go only names what to build.
    const files = readdirSync(folder).filter((file) => /^go\.(mod|sum)$|\.go$/.test(file) && file !== 'tools.go');
    for (const file of files.sort()) hash.update(readFileSync(join(folder, file)));
  }
  return hash.digest('hex');
};
const stampFile = (tool) => join(STAMPS, tool.name);
const placeOf = (tool) => join(tool.kind === 'files' ? FILES : BIN, tool.name);
const isHere = (tool) =>
  existsSync(placeOf(tool)) && existsSync(stampFile(tool)) && readFileSync(stampFile(tool), 'utf8') === stampOf(tool);

const apt = (args, options) => {
  if (run('apt-get', ['--version']).error) throw new Unavailable('this machine has no apt', { soft: true });
  const first = run('apt-get', args, options);
  if (first.status === 0) return;
  // A fresh container has no package lists.
  if (isRoot) must('apt-get', ['update', '-qq']);
  must('apt-get', args, options);
};

/** Where Go keeps the source of a module. */
const moduleFolder = (module) => {
  if (run('go', ['version']).error)
    throw new Unavailable('it comes from the Go module proxy: install Go 1.26 or later (https://go.dev/dl) and put go on PATH');
  return JSON.parse(must('go', ['mod', 'download', '-json', module], { cwd: HOME })).Dir;
};

const makeWritable = (folder) => {
  chmodSync(folder, 0o755);
  for (const entry of readdirSync(folder, { withFileTypes: true })) if (entry.isDirectory()) makeWritable(join(folder, entry.name));
};

/**
 * Arguments that build against a copy of a module in which files stand that its release lacks, such as a page that is compiled from
 * another language: an empty one does for tests.
 */
const withPlaceholders = ({ name, folder, module, placeholders }) => {
  if (!placeholders) return [];
  const copy = join(HOME, 'src', name);
  rmSync(copy, { recursive: true, force: true });
  cpSync(moduleFolder(module), copy, { recursive: true });
  makeWritable(copy);
  for (const file of placeholders) {
    mkdirSync(dirname(join(copy, file)), { recursive: true });
    writeFileSync(join(copy, file), '');
  }
  const source = join(ROOT, 'tools/go', folder);
  writeFileSync(`${copy}.mod`, `${readFileSync(join(source, 'go.mod'), 'utf8')}\nreplace ${module.split('@')[0]} => ${copy}\n`);
  writeFileSync(`${copy}.sum`, readFileSync(join(source, 'go.sum')));
  return [`-modfile=${copy}.mod`];
};

const bring = {
  files: (tool) => {
    mkdirSync(FILES, { recursive: true });
    const folder = moduleFolder(tool.module);
    if (!existsSync(join(folder, tool.path))) throw new Unavailable(`${tool.module} has no ${tool.path}`);
    link(join(folder, tool.path), tool.name, FILES);
    return `linked ${tool.module}`;
  },
  go: (tool) => {
    const found = onPath(tool.name);
    if (found && fits(tool, versionOf(found, tool.ask))) {
      link(found, tool.name);
      return `found ${found}`;
    }
    // One that was built before stamps were kept, or by hand.
    const old = join(BIN, tool.name);
    if (existsSync(old) && !existsSync(stampFile(tool)) && versionOf(old, tool.ask).includes(tool.version)) return 'was here';
    if (run('go', ['version']).error)
      throw new Unavailable('it is built with Go: install Go 1.26 or later (https://go.dev/dl) and put go on PATH');
    const next = join(BIN, `.${tool.name}.next`);
    const ldflags = ['-s', '-w', ...(tool.ldflags ?? [])].join(' ');
    must(
      'go',
      ['build', '-mod=readonly', ...withPlaceholders(tool), '-buildvcs=false', '-trimpath', '-ldflags', ldflags, '-o', next, tool.package],
      {
        cwd: join(ROOT, 'tools/go', tool.folder),
        env: { ...process.env, CGO_ENABLED: '0' },
      },
    );
    renameSync(next, old);
    return 'built';
  },
  deb: (tool) => {
    const folder = join(HOME, 'debian');
    const download = join(HOME, 'download');
    rmSync(download, { recursive: true, force: true });
    mkdirSync(download, { recursive: true });
    // apt drops root for downloads and may then not write here; it falls back by itself, with a warning.
    apt(['download', tool.package], { cwd: download });
    const [deb] = must('ls', [download]).trim().split('\n');
    if (!deb) throw new Unavailable(`apt-get download ${tool.package} gave no file`);
    must('dpkg', ['-x', join(download, deb), folder]);
    rmSync(download, { recursive: true, force: true });
    if (tool.data && !existsSync(tool.data)) {
      if (!isRoot) throw new Unavailable(`it reads ${tool.data}, where only root may put it: sudo apt-get install ${tool.package}`);
      cpSync(join(folder, tool.data), tool.data, { recursive: true });
    }
    link(join('..', 'debian', tool.program), tool.name);
    return `unpacked ${deb}`;
  },
  system: (tool) => {
    const find = () => tool.commands.map(onPath).find((path) => path !== undefined);
    let how = 'found';
    if (!find()) {
      if (!isRoot) throw new Unavailable(`it is not on PATH: install it (on Debian: sudo apt-get install ${tool.package})`);
      apt(['install', '-qq', '--yes', '--no-install-recommends', tool.package], {
        env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
      });
      how = 'installed';
    }
    const path = find();
    if (!path) throw new Unavailable(`${tool.package} was installed, but none of ${tool.commands.join(', ')} is on PATH`);
    link(path, tool.name);
    return `${how} ${path}`;
  },
};

/** Brings one tool and says so. Gives back whether all is well. */
const provide = (tool, named) => {
  if (isHere(tool)) {
    console.log(`${tool.name}: is here`);
    return true;
  }
  const startMs = performance.now();
  if (tool.cold && !existsSync(placeOf(tool))) console.log(`${tool.name}: not here yet (if it has to be built: ${tool.cold})`);
  try {
    const how = bring[tool.kind](tool);
    const version = tool.kind === 'files' ? tool.version : versionOf(join(BIN, tool.name), tool.ask);
    if (!fits(tool, version)) throw new Unavailable(`it does not start or says "${version}" instead of ${tool.version}`);
    writeFileSync(stampFile(tool), stampOf(tool));
    console.log(`${tool.name}: ${how} in ${((performance.now() - startMs) / 1000).toFixed(1)} s (${version})`);
    return true;
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error;
    console.error(`${tool.name}: not brought, ${error.message}`);
    // What a machine can never have is no failure, unless someone wants exactly that or CI relies on it.
    return error.soft && !named && process.env.CI !== 'true';
  }
};

const list = () => {
  for (const tool of CATALOGUE) {
    const state = isHere(tool) ? 'here' : existsSync(placeOf(tool)) ? 'to be checked' : 'not here';
    console.log(
      `${tool.name.padEnd(20)} ${state.padEnd(14)} ${(tool.version || 'any').padEnd(8)} ${(tool.suite ?? 'by name').padEnd(12)} ${tool.why}`,
    );
  }
};

/** Two runs at the same time would build into the same files. */
const lock = () => {
  try {
    writeFileSync(LOCK, String(process.pid), { flag: 'wx' });
  } catch (error) {
    if (error.code !== 'EEXIST') throw new Unavailable(`cannot write ${LOCK}: ${error.message}`);
    const pid = Number(readFileSync(LOCK, 'utf8'));
    if (pid && run('kill', ['-0', String(pid)]).status === 0) throw new Unavailable(`process ${pid} is bringing tools right now`);
    writeFileSync(LOCK, String(process.pid));
  }
  process.on('exit', () => rmSync(LOCK, { force: true }));
};

const main = (args) => {
  if (args.includes('--help')) return console.log(HELP);
  if (args.includes('--list')) return list();
  const unknown = args.filter((name) => !CATALOGUE.some((tool) => tool.name === name));
  if (unknown.length > 0) {
    console.error(`not known: ${unknown.join(', ')}; known: ${CATALOGUE.map(({ name }) => name).join(', ')}`);
    process.exitCode = 2;
    return;
  }
  for (const folder of [BIN, STAMPS]) mkdirSync(folder, { recursive: true });
  lock();
  const wanted = CATALOGUE.filter(({ name, suite }) => (args.length > 0 ? args.includes(name) : suite !== undefined));
  // One after the other: a Go build takes all cores.
  const well = wanted.map((tool) => provide(tool, args.includes(tool.name)));
  if (well.includes(false)) process.exitCode = 1;
};

try {
  main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof Unavailable)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
