import type { Clock } from './clock.ts';
import { MAX_CONFIG_BYTES } from './config-text.ts';
import { BellwetherError } from './error.ts';
import { readFile, watchFile } from './files.ts';
import type { Validation } from './validate.ts';

/** How often the file is looked at; Kubernetes takes about a minute to bring a changed ConfigMap anyway. */
const WATCH_MS = 5_000;

const readText = async (path: string): Promise<string> => new TextDecoder().decode(await readFile(path, { maxBytes: MAX_CONFIG_BYTES }));

/** The text of a configuration file; none: ''. Rejects with `invalid_config`. */
export const readConfigText = async (path: string | undefined): Promise<string> => {
  if (path === undefined) return '';
  return await readText(path).catch((error: unknown) => {
    throw new BellwetherError('invalid_config', `the configuration file ${path} cannot be read`, error);
  });
};

/** Calls back with each new content of the file, good or bad. */
export const watchConfigFile = <T>(
  path: string,
  parse: (text: string) => Validation<T>,
  clock: Clock,
  onChange: (result: Validation<T>) => void,
): { close(): void } => {
  const unreadable = (error: unknown): Validation<T> => {
    const message = error instanceof Error ? error.message : String(error);
    return { ok: false, problems: [{ key: '', value: path, limit: 'a readable file', message }] };
  };
  const reload = async (): Promise<void> => onChange(await readText(path).then(parse, unreadable));
  return watchFile(path, () => void reload(), { clock, intervalMs: WATCH_MS });
};
