import { describeProblems } from './config-text.ts';
import type { Logger } from './logger.ts';
import type { Validation } from './validate.ts';

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

const isBelow = (key: string, names: readonly string[]): boolean => names.some((name) => key === name || key.startsWith(`${name}.`));

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
export interface LiveConfig<T> {
  readonly current: T;
  /** Takes a newly read configuration: live keys at once, others are named; a bad one changes nothing. */
  apply(result: Validation<T>): ReloadOutcome;
}

/** `liveKeys` take effect while running; one stands for everything below it. The others are built into parts that hold state, and need a restart. */
export const createLiveConfig = <T extends Tree>(
  initial: T,
  liveKeys: readonly string[],
  log: Pick<Logger, 'info' | 'warn' | 'error'>,
  onApplied?: (config: T) => void,
): LiveConfig<T> => {
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
      const applied = changed.filter((key) => isBelow(key, liveKeys));
      const restartRequired = changed.filter((key) => !isBelow(key, liveKeys));
      for (const key of applied) current = withKey(current, result.value, key.split('.')) as T;
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
