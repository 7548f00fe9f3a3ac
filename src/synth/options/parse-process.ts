import type { ModuleDeclaration } from '../../conventions/index.ts';
import type { Process } from './bundle.ts';
import { BYTES, CPU, MAX_OBJECT_NAME, OBJECT_NAME } from './rules-of-names.ts';
import type { OptionSection } from './section.ts';

const MAX_REPLICAS = 10;

/** Scores must be exposed once, and a volume of one node can be held by one pod: such a process has one replica. */
export const isSingle = ({ ports, volumes }: ModuleDeclaration): boolean =>
  volumes.some(({ kind }) => kind === 'persistent') || ports.some(({ scrape }) => scrape?.honorLabels === true);

const parseProcess = (section: OptionSection, prefix: string, declaration: ModuleDeclaration): Process | undefined => {
  const enabled = section.flag('enabled', true);
  const fullName = `${prefix}-${declaration.name}`;
  const resources = section.section('resources');
  const process: Process = {
    declaration,
    fullName,
    replicas: section.integer('replicas', 1, { min: 0, max: isSingle(declaration) ? 1 : MAX_REPLICAS }),
    resources: {
      cpuRequest: resources.text('cpuRequest', declaration.resources.cpuRequest, CPU),
      memoryRequest: resources.text('memoryRequest', declaration.resources.memoryRequest, BYTES),
      memoryLimit: resources.text('memoryLimit', declaration.resources.memoryLimit, BYTES),
    },
    volumeSize: section.optionalText('volumeSize', BYTES),
    storageClass: section.optionalText('storageClass', OBJECT_NAME),
    priorityClass: section.optionalText('priorityClass', OBJECT_NAME),
    config: section.object('config'),
  };
  return enabled ? process : undefined;
};

export const parseProcesses = (section: OptionSection, prefix: string, declarations: readonly ModuleDeclaration[]): readonly Process[] =>
  declarations.flatMap((declaration) => {
    const fullName = `${prefix}-${declaration.name}`;
    if (fullName.length > MAX_OBJECT_NAME) {
      const room = MAX_OBJECT_NAME - declaration.name.length - 1;
      section.note('name', prefix, `at most ${room} characters, so that pods of ${declaration.name} keep their name`);
    }
    return parseProcess(section.section(declaration.name), prefix, declaration) ?? [];
  });
