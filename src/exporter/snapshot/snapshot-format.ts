import { crc32 } from 'node:zlib';
import type { WorkloadSnapshot } from '../../scoring/index.ts';
import type { ShardPlace } from '../../sharding/index.ts';

/**
 * A snapshot file: the magic, then records. A record is `u32 header length, u32 state length, u32 CRC-32 of both, header (JSON), state`,
 * numbers little-endian. The first record says how and when it was made, the last how many workloads came before: a file that was cut has none.
 */
const MAGIC = new TextEncoder().encode('BELLWSN1');
const PREFIX_BYTES = 12;
/** Small enough that writing one never holds the event loop, large enough that the disk is not asked often. */
const CHUNK_BYTES = 262_144;
/** A length beyond this is damage, not data: a state has tens of kilobytes. */
const MAX_RECORD_BYTES = 67_108_864;

/** What a snapshot was made with. It is of use only to a scorer that means the same. */
export interface SnapshotInfo {
  readonly createdMs: number;
  readonly modelVersion: string;
  /** Step and other options that change the meaning of a state. */
  readonly fingerprint: string;
  /** The shard whose workloads it holds; absent in files of versions that had none, which hold everything. */
  readonly shard?: ShardPlace;
}

/** Scores that the alert rule still looks back on, oldest first. */
export type RecentScores = readonly (readonly [timeMs: number, score: number])[];

/** What a file holds of one workload. */
export interface StoredWorkload extends WorkloadSnapshot {
  readonly recent?: RecentScores;
}

const NOTHING = new Uint8Array(0);
const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true });

const record = (header: unknown, state: Uint8Array): Uint8Array => {
  const head = encoder.encode(JSON.stringify(header));
  const bytes = new Uint8Array(PREFIX_BYTES + head.length + state.length);
  const view = new DataView(bytes.buffer);
  bytes.set(head, PREFIX_BYTES);
  bytes.set(state, PREFIX_BYTES + head.length);
  view.setUint32(0, head.length, true);
  view.setUint32(4, state.length, true);
  view.setUint32(8, crc32(bytes.subarray(PREFIX_BYTES)), true);
  return bytes;
};

/**
 * The bytes of a file, in chunks, `breathe` being awaited before each so that cycles go on meanwhile. Each workload's state is copied
 * whole at its turn: workloads are of slightly different times, each being right in itself.
 */
export async function* encodeSnapshotFile(
  info: SnapshotInfo,
  workloads: Iterable<StoredWorkload>,
  breathe: () => Promise<void>,
): AsyncGenerator<Uint8Array> {
  let parts: Uint8Array[] = [MAGIC, record(info, NOTHING)];
  let size = 0;
  let count = 0;
  for (const { key, timeMs, header, state, recent = [] } of workloads) {
    const bytes = record({ key, timeMs, header, recent }, state);
    parts.push(bytes);
    size += bytes.length;
    count++;
    if (size < CHUNK_BYTES) continue;
    yield Buffer.concat(parts);
    parts = [];
    size = 0;
    await breathe();
  }
  parts.push(record({ workloads: count }, NOTHING));
  yield Buffer.concat(parts);
}

/** Thrown for a file that is not whole or not ours. */
export class SnapshotDamage extends Error {}

type Json = Readonly<Record<string, unknown>>;
const parseHeader = (bytes: Uint8Array): Json => {
  try {
    const value: unknown = JSON.parse(decoder.decode(bytes));
    if (typeof value === 'object' && value !== null) return value as Json;
  } catch {
    // Falls through: damage, told below.
  }
  throw new SnapshotDamage('a record header is not JSON');
};

const isKey = (value: unknown): value is WorkloadSnapshot['key'] => {
  const key = value as Partial<WorkloadSnapshot['key']> | null;
  return (
    typeof key === 'object' && key !== null && [key.namespace, key.workload, key.workloadKind].every((part) => typeof part === 'string')
  );
};

const isPlace = (value: unknown): value is ShardPlace => {
  const { index, shards } = (value ?? {}) as Partial<ShardPlace>;
  return Number.isInteger(index) && Number.isInteger(shards) && index! >= 0 && shards! > index!;
};

const isInfo = (value: Json): value is Json & SnapshotInfo =>
  typeof value.createdMs === 'number' &&
  typeof value.modelVersion === 'string' &&
  typeof value.fingerprint === 'string' &&
  (value.shard === undefined || isPlace(value.shard));

const isPair = (value: unknown): value is readonly [number, number] =>
  Array.isArray(value) && value.length === 2 && value.every(Number.isFinite);

const workloadOf = ({ key, timeMs, header, recent }: Json, state: Uint8Array): StoredWorkload => {
  if (!isKey(key) || typeof timeMs !== 'number' || typeof header !== 'object' || header === null || !Array.isArray(recent))
    throw new SnapshotDamage('a record header is incomplete');
  return { key, timeMs, header: header as Json, state, recent: recent.filter(isPair) };
};

/** Cuts a byte stream of any chunk sizes into pieces of asked sizes. */
const createReader = (chunks: AsyncIterable<Uint8Array>) => {
  const source = chunks[Symbol.asyncIterator]();
  let pending: Uint8Array[] = [];
  let available = 0;
  return async (size: number): Promise<Uint8Array> => {
    while (available < size) {
      const { value, done } = await source.next();
      if (done) throw new SnapshotDamage('the file ends too early');
      pending.push(value);
      available += value.length;
    }
    const joined = pending.length === 1 ? (pending[0] ?? NOTHING) : Buffer.concat(pending);
    pending = joined.length > size ? [joined.subarray(size)] : [];
    available -= size;
    // A copy (`slice` of a Buffer would be a view): a piece must not keep its chunk alive, and a state needs its own aligned buffer.
    return new Uint8Array(joined.subarray(0, size));
  };
};

/**
 * Reads a file record by record and hands each workload over at once, so that memory holds one of them. `accept` sees what the file was
 * made with and may refuse by returning false. Rejects with SnapshotDamage; what was handed over before is then to be dropped.
 */
export const decodeSnapshotFile = async (
  chunks: AsyncIterable<Uint8Array>,
  accept: (info: SnapshotInfo) => boolean,
  onWorkload: (workload: StoredWorkload) => void,
  breathe: () => Promise<void>,
): Promise<void> => {
  const take = createReader(chunks);
  const takeRecord = async (): Promise<{ header: Json; state: Uint8Array }> => {
    const prefix = await take(PREFIX_BYTES);
    const view = new DataView(prefix.buffer, prefix.byteOffset);
    const [headLength, stateLength] = [view.getUint32(0, true), view.getUint32(4, true)];
    if (headLength > MAX_RECORD_BYTES || stateLength > MAX_RECORD_BYTES) throw new SnapshotDamage('a record is too long');
    const head = await take(headLength);
    const state = await take(stateLength);
    if (crc32(state, crc32(head)) !== view.getUint32(8, true)) throw new SnapshotDamage('a record does not match its checksum');
    return { header: parseHeader(head), state };
  };
  const magic = await take(MAGIC.length);
  if (!magic.every((byte, i) => byte === MAGIC[i])) throw new SnapshotDamage('the file is no snapshot, or one of another version');
  const { header: info } = await takeRecord();
  if (!isInfo(info)) throw new SnapshotDamage('the first record is incomplete');
  if (!accept(info)) return;
  for (let count = 0; ; count++) {
    const { header, state } = await takeRecord();
    if ('workloads' in header) {
      if (header.workloads !== count) throw new SnapshotDamage('workloads are missing');
      return;
    }
    onWorkload(workloadOf(header, state));
    await breathe();
  }
};
