import { decodeSnapshotFile, encodeSnapshotFile, type SnapshotInfo } from '../../../src/exporter/snapshot/snapshot-format.ts';
import type { WorkloadSnapshot } from '../../../src/scoring/index.ts';

/** What is in a snapshot file. */
export interface DecodedSnapshot {
  readonly info: SnapshotInfo;
  readonly workloads: readonly WorkloadSnapshot[];
}

/** Rejects where the file is damaged. */
export const decodeSnapshot = async (bytes: Uint8Array): Promise<DecodedSnapshot> => {
  const workloads: WorkloadSnapshot[] = [];
  let info: SnapshotInfo | undefined;
  await decodeSnapshotFile(
    (async function* () {
      yield bytes;
    })(),
    (found) => {
      info = found;
      return true;
    },
    (workload) => workloads.push(workload),
    async () => undefined,
  );
  if (!info) throw new Error('a snapshot without a beginning');
  return { info, workloads };
};

export const encodeSnapshot = async ({ info, workloads }: DecodedSnapshot): Promise<Uint8Array> => {
  const chunks: Uint8Array[] = [];
  for await (const chunk of encodeSnapshotFile(info, workloads, async () => undefined)) chunks.push(chunk);
  return Buffer.concat(chunks);
};
