/** The parts of a JSON schema that a reader of the configuration page needs. */
export interface ConfigSchema {
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly pattern?: string;
  readonly format?: string;
  readonly writeOnly?: boolean;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, ConfigSchema>>;
  readonly items?: ConfigSchema;
  readonly anyOf?: readonly ConfigSchema[];
}

/** One key of the configuration file. */
export interface ConfigKey {
  /** `features.selectors[].name` */
  readonly path: string;
  readonly schema: ConfigSchema;
  readonly required: boolean;
}

/** The keys below a schema that hold a value: sections are walked into, lists of objects too. */
export const collectConfigKeys = (schema: ConfigSchema, prefix = ''): readonly ConfigKey[] =>
  Object.entries(schema.properties ?? {}).flatMap(([name, child]): readonly ConfigKey[] => {
    const path = prefix ? `${prefix}.${name}` : name;
    const key = { path, schema: child, required: schema.required?.includes(name) ?? false };
    if (child.properties) return [key, ...collectConfigKeys(child, path)];
    if (child.items?.properties) return [key, ...collectConfigKeys(child.items, `${path}[]`)];
    return [key];
  });

const listOf = (values: readonly unknown[]): string => values.map((value) => `\`${String(value)}\``).join(', ');

const rangeOf = ({ minimum, maximum }: ConfigSchema): string => {
  if (minimum !== undefined && maximum !== undefined) return `, ${minimum} to ${maximum}`;
  if (minimum !== undefined) return `, at least ${minimum}`;
  return maximum === undefined ? '' : `, at most ${maximum}`;
};

const acceptedOf = (schema: ConfigSchema): string => {
  if (schema.enum) return `one of ${listOf(schema.enum)}`;
  if (schema.anyOf) return schema.anyOf.map(acceptedOf).join('; or ');
  if (schema.type === 'array') return `list${schema.items && !schema.items.properties ? ` of ${acceptedOf(schema.items)}` : ''}`;
  if (schema.type === 'integer') return `whole number${rangeOf(schema)}`;
  return `${schema.type === 'string' ? 'text' : (schema.type ?? 'any')}${rangeOf(schema)}`;
};

const defaultOf = ({ schema, required }: ConfigKey): string => {
  if (required) return 'required';
  return schema.default === undefined || schema.type === 'object' ? '' : `\`${JSON.stringify(schema.default)}\``;
};

// A vertical bar would end the table's cell.
const cell = (text: string): string => text.replaceAll('|', '\\|');

const keyRow = (key: ConfigKey, live: readonly string[]): string => {
  const takes = live.some((one) => key.path === one || key.path.startsWith(`${one}.`)) ? 'while running' : 'at start';
  const secret = key.schema.writeOnly ? ' A secret: no message or page shows it.' : '';
  const value = key.schema.properties ? 'section' : acceptedOf(key.schema);
  return `| \`${key.path}\` | ${cell(value)} | ${cell(defaultOf(key))} | ${takes} | ${cell(key.schema.description ?? '')}${secret} |`;
};

const TABLE = ['| key | value | default | takes effect | meaning |', '|---|---|---|---|---|'];

const section = ([name, schema]: [string, ConfigSchema], live: readonly string[]): string => {
  const keys = collectConfigKeys(schema, name);
  return [`## ${name}`, '', schema.description ?? '', '', ...TABLE, ...keys.map((key) => keyRow(key, live)), ''].join('\n');
};

/** What stands above the tables of the exporter's page. */
export const EXPORTER_INTRODUCTION = `<!-- generated from src/exporter/config by npm run docs; do not edit -->

# Configuration

\`bellwether exporter --config bellwether.yaml\`. Every key has a default, save the address of the server; a flag of the command wins over the file.

\`\`\`yaml
prometheus:
  url: http://prometheus:9090
snapshot:
  path: /var/lib/bellwether/snapshot
listen:
  host: 0.0.0.0
\`\`\`

The file is checked as a whole at start: every problem is told at once, with key, value and limit, and the exit code is 2. It is read again when it changes. A bad file changes nothing: the last good one stays in
use, and \`bellwether_config_last_reload_successful\` is 0. Keys that take effect at start are named in the log when they change, and counted in \`bellwether_config_restart_required\`.
`;

export const RECEIVER_INTRODUCTION = `<!-- generated from src/receiver/config by npm run docs; do not edit -->

# Configuration of the receiver

\`bellwether receiver --config receiver.yaml\`. What the receiver does is in [receiver.md](receiver.md). Only a store and tokens have to be given; a flag of the command wins over the file.

\`\`\`yaml
store:
  path: /var/lib/bellwether/alerts.db
auth:
  tokens:
    - { name: alertmanager, role: sender, tokenFile: /etc/bellwether-tokens/sender }
    - { name: ann, role: responder, tokenFile: /etc/bellwether-tokens/ann }
alertmanager:
  urls: ['http://alertmanager:9093']
\`\`\`

The file is checked and read again as that of the exporter is: see [configuration.md](configuration.md).
`;

export const ADMISSION_INTRODUCTION = `<!-- generated from src/admission/config by npm run docs; do not edit -->

# Configuration of the admission webhook

\`bellwether admission --config bellwether.yaml\`. Every key has a default; a flag of the command wins over the file. [Admission](admission.md) says what to choose.

\`\`\`yaml
policy:
  profile: recommended
  policies:
    image-digest: {action: warn}
review:
  fallback: allow
\`\`\`

The file is checked as a whole at start, down to the last policy id: every problem is told at once, and the exit code is 2. It is read again when it changes; a bad file changes nothing and is told in the log and by
\`bellwether_config_last_reload_successful\`.
`;

export const COLLECTOR_INTRODUCTION = `<!-- generated from src/collector/config by npm run docs; do not edit -->

# Configuration of a collector

\`bellwether collector --config collector.yaml\`. What collectors are for is in [runtime-events.md](runtime-events.md). One source has to be switched on; a flag of the command wins over the file.

\`\`\`yaml
receiver:
  url: http://bellwether-receiver.bellwether.svc:9467
  tokenFile: /etc/bellwether-token/token
tetragon:
  enabled: true
\`\`\`

The file is checked as a whole at start: every problem is told at once, and the exit code is 2. It is read at start alone.
`;

export const BACKGROUND_SCAN_INTRODUCTION = `<!-- generated from src/background-scan/config by npm run docs; do not edit -->

# Configuration of the background scan

\`bellwether background-scan --config bellwether.yaml\`. Every key has a default; a flag of the command wins over the file. [Background scan](background-scan.md) says what it does.

\`\`\`yaml
policy:
  profile: recommended
scan:
  intervalSeconds: 1800
reports:
  api: wgpolicy
\`\`\`

The file is checked as a whole at start, down to the last policy id: every problem is told at once, and the exit code is 2. It is read at start alone; policies of the resource PolicyConfiguration and exceptions are read with each scan.
`;

/** A page of configuration keys as a whole. `liveKeys` take effect while running. */
export const renderConfigDocs = (schema: ConfigSchema, liveKeys: readonly string[], introduction: string): string => {
  const entries = Object.entries(schema.properties ?? {});
  const single = entries.filter(([, child]) => !child.properties);
  const sections = entries.filter(([, child]) => child.properties);
  const top = single.map(([path, child]) => keyRow({ path, schema: child, required: false }, liveKeys));
  const above = top.length > 0 ? ['## Top level', '', ...TABLE, ...top, ''] : [];
  return [introduction, ...above, ...sections.map((entry) => section(entry, liveKeys))].join('\n');
};
