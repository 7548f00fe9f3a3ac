import { BellwetherError, type FromSchema, readFileIfPresent, validate, writeFileAtomic } from '../platform/index.ts';
import { loadModel, saveModel } from './model-files.ts';
import type { BuiltModel } from './model-manifest.ts';

/** Beside the folder of models; it is replaced whole at each change. */
export const REGISTRY_FILE = 'registry.json';
const MAX_REGISTRY_BYTES = 4 * 2 ** 20;

const REGISTRY = {
  type: 'object',
  additionalProperties: false,
  required: ['format', 'entries', 'history'],
  properties: {
    format: { const: 1 },
    entries: {
      type: 'array',
      maxItems: 10_000,
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['version', 'addedAtMs'],
        properties: { version: { type: 'string', pattern: '^[0-9a-z][0-9a-z.-]{0,62}$' }, addedAtMs: { type: 'number' } },
      },
    },
    history: {
      type: 'array',
      maxItems: 10_000,
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['version', 'atMs', 'action', 'reason'],
        properties: {
          version: { type: 'string' },
          atMs: { type: 'number' },
          action: { enum: ['promote', 'rollback'] },
          reason: { type: 'string', maxLength: 1000 },
        },
      },
    },
  },
} as const;

/** The models of a folder, oldest first, and which of them was put to work when and why; the last entry of the history is the one at work. */
export type Registry = FromSchema<typeof REGISTRY>;

const modelFolder = (dir: string, version: string): string => `${dir}/models/${version}`;

/** The registry of a folder; an empty one where there is none. Rejects with `invalid_input` where the file is damaged. */
export const readRegistry = async (dir: string): Promise<Registry> => {
  const path = `${dir}/${REGISTRY_FILE}`;
  const bytes = await readFileIfPresent(path, { maxBytes: MAX_REGISTRY_BYTES });
  if (!bytes) return { format: 1, entries: [], history: [] };
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder().decode(bytes));
  } catch (error) {
    throw new BellwetherError('invalid_input', `${path} is not JSON`, error);
  }
  const checked = validate(REGISTRY, value);
  if (checked.ok) return checked.value;
  throw new BellwetherError('invalid_input', `${path} is wrong: ${checked.problems.map(({ message }) => message).join('; ')}`);
};

const write = (dir: string, registry: Registry): Promise<void> =>
  writeFileAtomic(`${dir}/${REGISTRY_FILE}`, [new TextEncoder().encode(`${JSON.stringify(registry, undefined, 2)}\n`)]);

/** The version at work. */
export const currentVersion = ({ history }: Registry): string | undefined => history.at(-1)?.version;

/** The version that was at work before the current one began. */
export const previousVersion = (registry: Registry): string | undefined => {
  const current = currentVersion(registry);
  return registry.history.findLast(({ version }) => version !== current)?.version;
};

/** Keeps a model; one that is already there is left as it is. */
export const addModel = async (dir: string, built: BuiltModel, nowMs: number): Promise<void> => {
  const registry = await readRegistry(dir);
  const { version } = built.manifest;
  if (registry.entries.some((entry) => entry.version === version)) return;
  await saveModel(modelFolder(dir, version), built);
  await write(dir, { ...registry, entries: [...registry.entries, { version, addedAtMs: nowMs }] });
};

/** Puts a kept model to work. Rejects with `not_found` for an unknown version. */
export const promoteModel = async (
  dir: string,
  version: string,
  entry: { readonly action: 'promote' | 'rollback'; readonly reason: string; readonly nowMs: number },
): Promise<void> => {
  const registry = await readRegistry(dir);
  if (!registry.entries.some((each) => each.version === version))
    throw new BellwetherError(
      'not_found',
      `${dir} has no model ${version}; it has ${registry.entries.map((each) => each.version).join(', ') || 'none'}`,
    );
  const { action, reason, nowMs } = entry;
  await write(dir, { ...registry, history: [...registry.history, { version, atMs: nowMs, action, reason }] });
};

/** A kept model, unchecked against its manifest: that is `checkModel`. */
export const readModel = (dir: string, version: string): Promise<BuiltModel> => loadModel(modelFolder(dir, version));

/** The model of a folder: the one at work where it is a registry, else the model that lies in it. Rejects with `not_found`. */
export const findModel = async (dir: string): Promise<BuiltModel> => {
  const registry = await readRegistry(dir);
  const current = currentVersion(registry);
  if (current !== undefined) return readModel(dir, current);
  if (registry.entries.length > 0) throw new BellwetherError('not_found', `no model of ${dir} was promoted`);
  return loadModel(dir);
};
