import { createHash } from 'node:crypto';
import { BellwetherError, type KubernetesClient, type KubernetesObject, toBellwetherError } from '../../platform/index.ts';
import { REPORT_NAME, type ReportKinds, reportObject } from '../../scanner/index.ts';
import type { NamespaceTally } from '../scan/tally.ts';

export interface ReportWriterDeps {
  readonly client: Pick<KubernetesClient, 'pages' | 'apply' | 'delete'>;
  /** Group of a policy, by its id. */
  readonly groups: ReadonlyMap<string, string>;
  readonly onWrite: (operation: 'apply' | 'delete') => void;
  readonly onFailure: (report: string, error: BellwetherError) => void;
}

const FIELD_MANAGER = 'bellwether-background-scan';
const OURS = 'app.kubernetes.io/managed-by=bellwether';
/** Tells what was written without reading all of it again. */
const HASH = 'bellwether.dev/content-hash';
/** How many findings are counted in the summary, but not listed. */
const LEFT_OUT = 'bellwether.dev/left-out';
// A report has up to a third of a megabyte.
const PAGE_SIZE = 20;
const TIMEOUT_MS = 30_000;

const contentOf = (kinds: ReportKinds, namespace: string, tally: NamespaceTally, groups: ReadonlyMap<string, string>): KubernetesObject => {
  const report = reportObject(kinds, { namespace, ...tally }, groups);
  const hash = createHash('sha256').update(JSON.stringify(report)).digest('hex').slice(0, 16);
  const left = tally.fail + tally.warn - tally.listed.length;
  const annotations = { [HASH]: hash, ...(left > 0 ? { [LEFT_OUT]: String(left) } : {}) };
  return { ...report, metadata: { ...report.metadata, annotations } };
};

const keyOf = ({ kind, metadata: { namespace = '' } }: KubernetesObject): string => `${kind}/${namespace}`;

/**
 * Makes the reports of a cluster those of the last scan: one per namespace with findings, and one for objects without a namespace. What has
 * not changed is not written, so that a quiet cluster costs etcd nothing, and a writer that was interrupted goes on where it was. Gives the
 * number of reports; undefined where the cluster has no such kind. Rejects only with `cancelled`.
 */
export const writeReports = async (
  { client, groups, onWrite, onFailure }: ReportWriterDeps,
  kinds: ReportKinds,
  namespaces: ReadonlyMap<string, NamespaceTally>,
  signal: AbortSignal,
): Promise<number | undefined> => {
  const options = { signal, timeoutMs: TIMEOUT_MS };
  const failed = (what: string, thrown: unknown): void => {
    const error = toBellwetherError(thrown);
    if (signal.aborted) throw new BellwetherError('cancelled', 'the scan was stopped');
    onFailure(what, error);
  };
  const there = new Map<string, { readonly hash: string | undefined; readonly object: KubernetesObject }>();
  try {
    for (const kind of [kinds.namespaced, kinds.cluster])
      for await (const { items } of client.pages(
        { apiVersion: kinds.apiVersion, kind },
        { ...options, labelSelector: OURS, pageSize: PAGE_SIZE },
      ))
        for (const { apiVersion, kind: own, metadata } of items)
          if (metadata.name === REPORT_NAME) {
            const object = { apiVersion, kind: own, metadata };
            there.set(keyOf(object), { hash: metadata.annotations?.[HASH], object });
          }
  } catch (thrown) {
    failed(kinds.apiVersion, thrown);
    return undefined;
  }

  let count = there.size;
  for (const [namespace, tally] of namespaces) {
    const report = contentOf(kinds, namespace, tally, groups);
    const known = there.get(keyOf(report));
    there.delete(keyOf(report));
    if (known && known.hash === report.metadata.annotations?.[HASH]) continue;
    try {
      await client.apply(report, { ...options, fieldManager: FIELD_MANAGER, force: true });
      onWrite('apply');
      if (!known) count += 1;
    } catch (thrown) {
      // A namespace that goes away takes no report any more.
      failed(keyOf(report), thrown);
    }
  }
  for (const { object } of there.values()) {
    try {
      const { namespace, name } = object.metadata;
      await client.delete(
        { apiVersion: object.apiVersion, kind: object.kind, name, ...(namespace === undefined ? {} : { namespace }) },
        options,
      );
      onWrite('delete');
      count -= 1;
    } catch (thrown) {
      failed(keyOf(object), thrown);
    }
  }
  return count;
};
