import type { ModuleDeclaration } from '../../conventions/index.ts';
import type { Process, RouteSettings } from './bundle.ts';
import { BYTES, CPU, DNS_LABEL, HOST_NAME, MAX_OBJECT_NAME, OBJECT_NAME } from './rules-of-names.ts';
import type { OptionSection } from './section.ts';

const MAX_REPLICAS = 10;
/** Of `sharding.shards`; one replica more while their number changes. */
const MAX_SHARDS = 64;
/** Bounds of the API server for an admission webhook. */
const WEBHOOK_SECONDS = { min: 1, max: 30 };

export const runsToItsEnd = ({ workload }: ModuleDeclaration): boolean => workload?.kind === 'CronJob' || workload?.kind === 'Job';

/** A configuration file that is not that of another process. */
export const hasOwnConfig = ({ volumes }: ModuleDeclaration): boolean => volumes.some(({ kind, of }) => kind === 'config' && !of);

/**
 * Scores must be exposed once, and a volume of one node can be held by one pod: such a process has one replica. Pods of a StatefulSet
 * each have a volume of their own.
 */
export const isSingle = ({ ports, volumes, workload }: ModuleDeclaration): boolean =>
  (workload?.kind !== 'StatefulSet' && volumes.some(({ kind }) => kind === 'persistent')) ||
  ports.some(({ scrape }) => scrape?.honorLabels === true);

const parseRoute = (section: OptionSection | undefined): RouteSettings | undefined =>
  section && {
    gateway: section.text('gateway', 'gateway', OBJECT_NAME),
    gatewayNamespace: section.text('gatewayNamespace', 'default', DNS_LABEL),
    hostname: section.text('hostname', 'bellwether.example.org', HOST_NAME),
    section: section.optionalText('section', OBJECT_NAME),
  };

const parseSecrets = (section: OptionSection, { volumes }: ModuleDeclaration): Readonly<Record<string, string>> => {
  const given = volumes
    .filter(({ kind, of }) => kind === 'secret' && !of)
    .map(({ name }) => [name, section.optionalText(name, OBJECT_NAME)] as const);
  return Object.fromEntries(given.flatMap(([name, secret]) => (secret === undefined ? [] : [[name, secret] as const])));
};

const parseWebhooks = (section: OptionSection): Process['webhooks'] => ({
  failurePolicy: section.has('failurePolicy') ? section.oneOf<'Ignore' | 'Fail'>('failurePolicy', ['Ignore', 'Fail'], 'Ignore') : undefined,
  timeoutSeconds: section.has('timeout') ? section.duration('timeout', '5s', WEBHOOK_SECONDS) : undefined,
  exemptNamespaces: section.texts('exemptNamespaces', DNS_LABEL),
});

const NO_WEBHOOKS: Process['webhooks'] = { failurePolicy: undefined, timeoutSeconds: undefined, exemptNamespaces: [] };

const parseProcess = (section: OptionSection, prefix: string, declared: ModuleDeclaration): Process | undefined => {
  const shards = (declared.shardable && section.integer('shards', 0, { min: 1, max: MAX_SHARDS })) || undefined;
  const declaration: ModuleDeclaration = shards === undefined ? declared : { ...declared, workload: { kind: 'StatefulSet' } };
  const enabled = section.flag('enabled', true);
  const resources = section.section('resources');
  const route = declaration.ports.some(({ forPeople }) => forPeople) ? parseRoute(section.optionalSection('route')) : undefined;
  const most = shards !== undefined ? MAX_SHARDS + 1 : isSingle(declaration) ? 1 : MAX_REPLICAS;
  const process: Process = {
    declaration,
    fullName: `${prefix}-${declaration.name}`,
    replicas:
      runsToItsEnd(declaration) || declaration.workload?.kind === 'DaemonSet'
        ? 1
        : section.integer('replicas', shards ?? declaration.replicas ?? 1, { min: 0, max: most }),
    shards,
    resources: {
      cpuRequest: resources.text('cpuRequest', declaration.resources.cpuRequest, CPU),
      memoryRequest: resources.text('memoryRequest', declaration.resources.memoryRequest, BYTES),
      memoryLimit: resources.text('memoryLimit', declaration.resources.memoryLimit, BYTES),
    },
    volumeSize: section.optionalText('volumeSize', BYTES),
    storageClass: section.optionalText('storageClass', OBJECT_NAME),
    priorityClass: section.optionalText('priorityClass', OBJECT_NAME),
    config: section.object('config'),
    secrets: parseSecrets(section.section('secrets'), declaration),
    openTo: [...new Set([...section.texts('openTo', DNS_LABEL), ...(route ? [route.gatewayNamespace] : [])])],
    route,
    webhooks: declaration.webhooks ? parseWebhooks(section.section('webhooks')) : NO_WEBHOOKS,
  };
  return enabled ? process : undefined;
};

/** `used`: whether an overlay has them; a component that nobody takes may have names that are too long. */
export const parseProcesses = (
  section: OptionSection,
  prefix: string,
  declarations: readonly ModuleDeclaration[],
  used = true,
): readonly Process[] =>
  declarations.flatMap((declaration) => {
    const fullName = `${prefix}-${declaration.name}`;
    if (used && fullName.length > MAX_OBJECT_NAME) {
      const room = MAX_OBJECT_NAME - declaration.name.length - 1;
      section.note('name', prefix, `at most ${room} characters, so that pods of ${declaration.name} keep their name`);
    }
    return parseProcess(section.section(declaration.name), prefix, declaration) ?? [];
  });
