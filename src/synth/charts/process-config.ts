import { Yaml } from 'cdk8s';
import { PORTS } from '../../conventions/index.ts';
import type { Bundle, Process, Surroundings } from '../options/bundle.ts';

/** File name inside the ConfigMap and below the mount path of the declared volume. */
export const CONFIG_FILE = 'bellwether.yaml';

type Sections = Readonly<Record<string, unknown>>;
const isSection = (value: unknown): value is Sections => typeof value === 'object' && value !== null && !Array.isArray(value);

/** The second wins; sections are merged, lists and values replaced. */
const merge = (base: Sections, over: Sections): Sections => {
  const merged: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(over)) {
    const before = merged[key];
    merged[key] = isSection(before) && isSection(value) ? merge(before, value) : value;
  }
  return merged;
};

/** Inside a pod: all addresses, because probes and scrapes come from outside. */
const LISTEN = { listen: { host: '0.0.0.0' } };

/** A process of the bundle as another one reaches it: in the same namespace, so the name of the service is enough. */
const besides = ({ fullName, declaration }: Process, name: string, port: number): string =>
  `http://${fullName.slice(0, -declaration.name.length)}${name}:${port}`;

const exporterConfig = (process: Process, { prometheusUrl, preset }: Surroundings, { processes }: Bundle): Sections => {
  const state = process.declaration.volumes.find(({ kind }) => kind === 'persistent');
  const tokens = process.declaration.volumes.find(({ kind }) => kind === 'secret');
  return {
    ...LISTEN,
    prometheus: { url: prometheusUrl },
    features: { preset },
    ...(process.shards === undefined ? {} : { sharding: { shards: process.shards } }),
    ...(state ? { snapshot: { path: `${state.mountPath}/snapshot` } } : {}),
    ...(tokens && processes.some(({ declaration }) => declaration.name === 'receiver')
      ? { feedback: { url: besides(process, 'receiver', PORTS.receiverApi), bearerTokenFile: `${tokens.mountPath}/exporter` } }
      : {}),
  };
};

/** Names of the tokens, which are keys of the Secret, and what each may do. */
const RECEIVER_TOKENS = {
  alertmanager: 'sender',
  collector: 'sender',
  exporter: 'viewer',
  responder: 'responder',
  admin: 'admin',
} as const;

const receiverConfig = (process: Process, { alertmanagerUrl, prometheusUrl }: Surroundings, { mitigation }: Bundle): Sections => {
  const { volumes } = process.declaration;
  const mountOf = (kind: string): string | undefined => volumes.find((volume) => volume.kind === kind)?.mountPath;
  const [state, tokens] = [mountOf('persistent'), mountOf('secret')];
  return {
    ...LISTEN,
    ...(state === undefined ? {} : { store: { path: `${state}/alerts.db` } }),
    ...(tokens === undefined
      ? {}
      : {
          auth: {
            tokens: Object.entries(RECEIVER_TOKENS).map(([token, role]) => ({ name: token, role, tokenFile: `${tokens}/${token}` })),
          },
        }),
    alertmanager: { urls: [alertmanagerUrl] },
    ...(mitigation.backEnds.length === 0
      ? {}
      : {
          mitigation: {
            enabled: true,
            backEnds: mitigation.backEnds,
            ...(mitigation.namespaces.length === 0 ? {} : { namespaces: mitigation.namespaces }),
            prometheusUrl,
          },
        }),
    exporter: { url: besides(process, 'exporter', PORTS.exporterApi) },
  };
};

/** Names of what the webhook keeps; its pods are called by the service. */
const admissionConfig = ({ fullName }: Process): Sections => ({
  ...LISTEN,
  certificates: { service: fullName, secret: `${fullName}-authority`, webhookConfigurations: [`${fullName}-policies`] },
});

/** The policies of the webhook hold for what is there already, too. */
const backgroundScanConfig = ({ fullName }: Process, _: Surroundings, { processes }: Bundle): Sections => {
  const policy = processes.find(({ declaration }) => declaration.name === 'admission')?.config.policy;
  return { ...LISTEN, cluster: { lease: fullName }, ...(isSection(policy) ? { policy } : {}) };
};

/** Collectors and decoys have namespaces of their own, so the receiver is named in full. `prefix` is that of the bundle's objects. */
const toReceiver = ({ fullName, declaration }: Process, { home }: Surroundings): Sections => {
  const prefix = fullName.slice(0, -declaration.name.length);
  const token = declaration.volumes.find(({ kind }) => kind === 'secret')?.mountPath;
  return {
    ...LISTEN,
    receiver: {
      url: `http://${prefix}receiver.${home ?? 'bellwether'}.svc:${PORTS.receiverApi}`,
      ...(token === undefined ? {} : { tokenFile: `${token}/token` }),
    },
  };
};

/** What the bundle knows for the configuration of a process, by its name. */
const KNOWN: Readonly<Record<string, (process: Process, surroundings: Surroundings, bundle: Bundle) => Sections>> = {
  exporter: exporterConfig,
  receiver: receiverConfig,
  admission: admissionConfig,
  'background-scan': backgroundScanConfig,
  collector: (process, surroundings) => ({ ...toReceiver(process, surroundings), tetragon: { enabled: true } }),
  'cluster-events': (process, surroundings) => ({ ...toReceiver(process, surroundings), node: 'cluster', kubernetes: { enabled: true } }),
};

/** Text of the configuration file of a process; what the options say wins over what the bundle knows. */
export const configText = (process: Process, surroundings: Surroundings, bundle: Bundle): string => {
  const known = KNOWN[process.declaration.name]?.(process, surroundings, bundle) ?? {};
  return Yaml.stringify(merge(known, process.config));
};
