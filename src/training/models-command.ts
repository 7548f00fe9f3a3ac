import { Command } from 'commander';
import { checkModel, currentVersion, previousVersion, promoteModel, type Registry, readModel, readRegistry } from '../learning/index.ts';
import { BellwetherError, formatTime, runProcess, systemClock } from '../platform/index.ts';

interface Flags {
  readonly dir: string;
}

const print = (text: string): void => void process.stdout.write(text);

const listText = (registry: Registry): string => {
  const current = currentVersion(registry);
  const lines = registry.entries.map(
    ({ version, addedAtMs }) => `${version === current ? '*' : ' '} ${version.padEnd(16)} ${formatTime(addedAtMs)}`,
  );
  return lines.length === 0 ? 'no models\n' : `${lines.join('\n')}\n`;
};

const show = async (dir: string, wanted: string | undefined): Promise<void> => {
  const registry = await readRegistry(dir);
  const version = wanted ?? currentVersion(registry);
  if (version === undefined) throw new BellwetherError('not_found', `no model of ${dir} is at work`);
  const built = await readModel(dir, version);
  checkModel(built, 'any');
  const history = registry.history.filter((entry) => entry.version === version);
  print(`${JSON.stringify({ ...built.manifest, atWork: version === currentVersion(registry), history }, undefined, 2)}\n`);
};

const promote = async (dir: string, version: string, reason: string): Promise<void> => {
  checkModel(await readModel(dir, version), 'any');
  await promoteModel(dir, version, { action: 'promote', reason, nowMs: systemClock.nowMs() });
  print(`${version} is at work\n`);
};

const rollback = async (dir: string, reason: string): Promise<void> => {
  const version = previousVersion(await readRegistry(dir));
  if (version === undefined) throw new BellwetherError('conflict', `${dir} has no model that was at work before the current one`);
  checkModel(await readModel(dir, version), 'any');
  await promoteModel(dir, version, { action: 'rollback', reason, nowMs: systemClock.nowMs() });
  print(`${version} is at work again\n`);
};

const sub = (name: string, summary: string): Command =>
  new Command(name).description(summary).requiredOption('--dir <dir>', 'folder of models');

/** `bellwether models`: what a folder of models holds, and which one is at work. */
export const modelsCommand = (): Command =>
  new Command('models')
    .description('Shows the models that training has kept, and puts another one to work.')
    .addCommand(
      sub('list', 'Lists the models, oldest first; a star marks the one at work.').action(({ dir }: Flags) =>
        runProcess(async () => print(listText(await readRegistry(dir)))),
      ),
    )
    .addCommand(
      sub('show', 'Prints the manifest of a model and when it was put to work, as JSON; without a version, that of the one at work.')
        .argument('[version]')
        .action((version: string | undefined, { dir }: Flags) => runProcess(() => show(dir, version))),
    )
    .addCommand(
      sub('promote', 'Puts a model to work, after a check of its hash.')
        .argument('<version>')
        .option('--reason <text>', 'kept in the history', 'by hand')
        .action((version: string, { dir, reason }: Flags & { readonly reason: string }) => runProcess(() => promote(dir, version, reason))),
    )
    .addCommand(
      sub('rollback', 'Puts the model to work again that was at work before.')
        .option('--reason <text>', 'kept in the history', 'by hand')
        .action(({ dir, reason }: Flags & { readonly reason: string }) => runProcess(() => rollback(dir, reason))),
    );
