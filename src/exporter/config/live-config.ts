import { describeProblems, type Logger, type Validation } from '../../platform/index.ts';
import { type ExporterConfig, LIVE_KEYS } from './schema.ts';

type Tree = Readonly<Record<string, unknown>>;
const isTree = (value: unknown): value is Tree => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Paths of the keys whose values differ; a list counts as one value. */
export const changedKeys = (before: unknown, after: unknown, path = ''): readonly string[] => {
  if (isTree(before) && isTree(after)) {
    const names = new Set([...Object.keys(before), ...Object.keys(after)]);
    return [...names].flatMap((name) => changedKeys(before[name], after[name], path === '' ? name : `${path}.${name}`));
  }
  return JSON.stringify(before) === JSON.stringify(after) ? [] : [path];
};

export const isLiveKey = (key: string): boolean => LIVE_KEYS.some((live) => key === live || key.startsWith(`${live}.`));

/** The running configuration with one path taken from the new one. */
const withKey = (running: Tree, next: Tree, path: readonly string[]): Tree => {
  const [name = '', ...rest] = path;
  const below = running[name];
  const value = rest.length > 0 && isTree(below) && isTree(next[name]) ? withKey(below, next[name], rest) : next[name];
  return { ...running, [name]: value };
};

/** What a reload did, for the log and the metrics. */
export type ReloadOutcome =
  | { readonly ok: true; readonly applied: readonly string[]; readonly restartRequired: readonly string[] }
  | { readonly ok: false; readonly message: string };

/** The configuration in force. */
export interface LiveConfig {
  readonly current: ExporterConfig;
  /** Takes a newly read configuration: live keys at once, others are named; a bad one changes nothing. */
  apply(result: Validation<ExporterConfig>): ReloadOutcome;
}

export const createLiveConfig = (
  initial: ExporterConfig,
  log: Pick<Logger, 'info' | 'warn' | 'error'>,
  onApplied?: (config: ExporterConfig) => void,
): LiveConfig => {
  let current = initial;
  return {
    get current() {
      return current;
    },
    apply: (result) => {
      if (!result.ok) {
        const message = describeProblems(result.problems, 'the changed configuration');
        log.error({ problems: result.problems.map((one) => one.message) }, 'configuration not accepted; the last good one stays in force');
        return { ok: false, message };
      }
      const changed = changedKeys(current, result.value);
      const applied = changed.filter(isLiveKey);
      const restartRequired = changed.filter((key) => !isLiveKey(key));
      for (const key of applied) current = withKey(current, result.value, key.split('.')) as ExporterConfig;
      if (applied.length > 0) {
        log.info({ keys: applied }, 'configuration applied');
        onApplied?.(current);
      }
      if (restartRequired.length > 0)
        log.warn({ keys: restartRequired }, 'these configuration keys changed, but take effect only after a restart');
      return { ok: true, applied, restartRequired };
    },
  };
};
