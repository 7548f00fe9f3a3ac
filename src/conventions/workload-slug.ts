import { type WorkloadKey, workloadId } from './workload.ts';

/** Marks an entity of chosen labels; no Kubernetes kind begins so. */
const ENTITY = '@';
const SEPARATOR = '~';

// Escapes are written with `!`, because servers and proxies undo `%` on their way; `!` and `~` themselves are escaped.
const encode = (text: string): string => encodeURIComponent(text).replaceAll('!', '%21').replaceAll('~', '%7E').replaceAll('%', '!');

/**
 * A workload's name in paths: `Deployment~shop~cart`, `Node~~node-1`, or `@~label=value~...` for an entity of chosen labels.
 * Without slashes, because proxies rewrite encoded ones.
 */
export const workloadSlug = ({ namespace, workload, workloadKind, entity }: WorkloadKey): string =>
  entity
    ? [
        ENTITY,
        ...Object.entries(entity)
          .sort(([a], [b]) => (a < b ? -1 : 1))
          .map(([name, value]) => `${encode(name)}=${encode(value)}`),
      ].join(SEPARATOR)
    : [workloadKind, namespace, workload].map(encode).join(SEPARATOR);

const decode = (text: string): string | undefined => {
  try {
    return decodeURIComponent(text.replaceAll('%', '%25').replaceAll('!', '%'));
  } catch {
    return undefined;
  }
};

const entityKey = (pairs: readonly string[]): WorkloadKey | undefined => {
  const decoded = pairs.map((pair) => pair.split('=').map(decode));
  if (decoded.length === 0 || decoded.some(([name, value, ...more]) => !name || value === undefined || more.length > 0)) return undefined;
  const entity: Record<string, string> = Object.fromEntries(decoded);
  return { namespace: '', workload: Object.values(entity).join('/'), workloadKind: '', entity };
};

/** The workload that a slug names; undefined where it is none. */
export const parseSlug = (slug: string): WorkloadKey | undefined => {
  const [kind = '', ...rest] = slug.split(SEPARATOR);
  if (kind === ENTITY) return entityKey(rest);
  const [workloadKind, namespace, workload] = [kind, ...rest].map(decode);
  if (rest.length !== 2 || workloadKind === undefined || namespace === undefined || !workload) return undefined;
  return { namespace, workload, workloadKind };
};

/** Id of the workload that a slug names. */
export const idOfSlug = (slug: string): string | undefined => {
  const key = parseSlug(slug);
  return key && workloadId(key);
};
