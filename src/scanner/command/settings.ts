import { load } from 'js-yaml';
import { BellwetherError, readFile } from '../../platform/index.ts';
import { isRecord, type PolicyConfig, type PolicyException, parseExceptions, parsePolicyConfig } from '../../policy/index.ts';
import { decodeText } from '../yaml/decode-text.ts';
import { readDocuments } from '../yaml/read-documents.ts';

// Written by people.
const MAX_SETTINGS_BYTES = 1 << 20;

/** The one YAML document of a settings file. Rejects with `invalid_config`. */
const readYaml = async (path: string): Promise<unknown> => {
  try {
    return load(decodeText(await readFile(path, { maxBytes: MAX_SETTINGS_BYTES })));
  } catch (error) {
    if (error instanceof BellwetherError) throw error;
    throw new BellwetherError('invalid_config', `${path} is not YAML: ${(error as Error).message}`);
  }
};

/** `--params FILE`: policy id to its params. Rejects with `invalid_config`. */
export const readParams = async (path: string): Promise<Readonly<Record<string, unknown>>> => {
  const content = await readYaml(path);
  if (isRecord(content)) return content;
  throw new BellwetherError('invalid_config', `${path} must map policy ids to their params`);
};

/** `--config FILE`: profile, policies, exceptions. Rejects with `invalid_config`. */
export const readConfig = async (path: string, nowMs: number): Promise<PolicyConfig> =>
  parsePolicyConfig(await readYaml(path), path, nowMs);

/** `--exceptions FILE`: PolicyException resources or a list under `exceptions`. Rejects with `invalid_config`. */
export const readExceptions = async (path: string, nowMs: number): Promise<PolicyException[]> => {
  const text = decodeText(await readFile(path, { maxBytes: MAX_SETTINGS_BYTES }));
  return [...readDocuments(text)].flatMap((read) => {
    if (read.kind === 'error') throw new BellwetherError('invalid_config', `${path}:${read.line}:${read.column} ${read.message}`);
    return parseExceptions(read.value, path, { nowMs });
  });
};
