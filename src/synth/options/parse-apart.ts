import { collectorDeclarations, collectorNamespace, TETRAGON_FOLDER } from '../../collector/declare.ts';
import type { ModuleDeclaration } from '../../conventions/index.ts';
import { decoyDeclarations, decoyNamespace } from '../../decoy/declare.ts';
import type { ApartSettings, ImageSettings } from './bundle.ts';
import { parseImage } from './parse-image.ts';
import { parseProcesses } from './parse-process.ts';
import { DNS_LABEL, HOST_NAME, NODE_FOLDER } from './rules-of-names.ts';
import type { OptionSection } from './section.ts';

/** The bundle that a part belongs to. */
interface Home {
  readonly name: string;
  readonly namespace: string;
  readonly image: ImageSettings;
  readonly hasReceiver: boolean;
}

const parseApart = (
  section: OptionSection,
  home: Home,
  ownNamespace: string,
  declarations: readonly ModuleDeclaration[],
): ApartSettings => {
  const enabled = section.flag('enabled', false);
  if (enabled && !home.hasReceiver) section.refuse('enabled', 'false where processes.receiver is off: nobody would hear of it');
  const namespace = section.text('namespace', ownNamespace, DNS_LABEL);
  // What its pods may do, the others must not.
  if (namespace === home.namespace) section.refuse('namespace', 'another one than that of the bundle');
  const image = section.optionalSection('image');
  return {
    enabled,
    namespace,
    image: image ? parseImage(image) : home.image,
    processes: parseProcesses(section.section('processes'), home.name, declarations, enabled),
  };
};

export const parseCollector = (section: OptionSection, home: Home): ApartSettings => {
  const sources = section.section('sources');
  const wanted = {
    tetragon: sources.flag('tetragon', true),
    kubernetes: sources.flag('kubernetes', true),
    exportFolder: section.text('exportFolder', TETRAGON_FOLDER, NODE_FOLDER),
  };
  if (!wanted.tetragon && !wanted.kubernetes) section.refuse('sources', 'at least one of tetragon and kubernetes');
  return parseApart(section, home, collectorNamespace(home.name), collectorDeclarations(wanted));
};

export const parseDecoy = (section: OptionSection, home: Home): ApartSettings => {
  const hostName = section.optionalText('hostName', HOST_NAME);
  return parseApart(section, home, decoyNamespace(home.name), decoyDeclarations(home.name, home.namespace, hostName));
};
