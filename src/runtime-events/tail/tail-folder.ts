import { createHash } from 'node:crypto';
import { type FileState, type fileState, type listFiles, type readFrom, toBellwetherError } from '../../platform/index.ts';
import type { TailedFile, TailState } from './tail-state.ts';

export interface TailDeps {
  readonly listFiles: typeof listFiles;
  readonly fileState: typeof fileState;
  readonly readFrom: typeof readFrom;
  /** What a person may want to know: a file that became shorter, one that cannot be read. Each is told once. */
  readonly tell: (text: string) => void;
}

export interface TailOptions {
  readonly folder: string;
  /** Name of the file that is written to, such as `tetragon.log`. Files that it was renamed to are read as well: `tetragon-TIME.log`, `tetragon.log.1`. */
  readonly file: string;
  /** A longer line is refused without being kept. */
  readonly maxLineBytes: number;
}

export interface TailBatch {
  readonly lines: readonly Uint8Array[];
  /** Lines longer than allowed that ended in this stretch, or began in it. */
  readonly tooLong: number;
  /** Where to go on once the lines are safe. */
  readonly state: TailState;
}

export interface Tail {
  /** The next lines, oldest file first; undefined where nothing is new. Nothing is forgotten until `done` is called with the state of the batch. */
  read(): Promise<TailBatch | undefined>;
  done(state: TailState): void;
  /** Bytes that are there and not read. */
  lag(): Promise<number>;
}

const PIECE = 256 * 1024;
/** What a file begins with: a line of Tetragon begins with the names of its process, so 64 bytes tell two files apart. */
const HEAD_BYTES = 64;
const NEWLINE = 10;

const headOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex').slice(0, 16);

/** `tetragon.log` to a test of its own name and of those that rotation gives: lumberjack puts a time before the ending, logrotate a number behind it. */
const rotatedNames = (file: string): ((name: string) => boolean) => {
  const dot = file.lastIndexOf('.');
  const [stem, ending] = dot > 0 ? [file.slice(0, dot), file.slice(dot)] : [file, ''];
  return (name) =>
    name === file ||
    (name.startsWith(`${stem}-`) && name.endsWith(ending)) ||
    (name.startsWith(`${file}.`) && /^\d{1,4}$/.test(name.slice(file.length + 1)));
};

/**
 * Reads what is new in a log file, through rotation and truncation. A file is known by its identity, so a renamed one is read to its end and a new one from its
 * start; one that became shorter, or begins with something else, is read anew. Memory is bounded by a piece, however long a line is. A compressed file is left alone.
 */
export const createTail = (deps: TailDeps, { folder, file, maxLineBytes }: TailOptions, from: TailState): Tail => {
  let known = new Map<string, TailedFile>(from.files.map((one) => [one.id, one]));
  const isOurs = rotatedNames(file);
  const told = new Set<string>();
  const tellOnce = (key: string, text: string): void => {
    if (told.has(key)) return;
    if (told.size > 1000) told.clear();
    told.add(key);
    deps.tell(text);
  };
  const piece = Math.max(PIECE, maxLineBytes + 1);

  /** Rotated ones first, oldest before newer: times rise, numbers fall; the one that is written to comes last. */
  const files = async (): Promise<readonly { readonly path: string; readonly state: FileState }[]> => {
    const names = (await deps.listFiles(folder)).filter(isOurs);
    const numbers = names
      .filter((name) => name.startsWith(`${file}.`))
      .sort((a, b) => Number(b.slice(file.length + 1)) - Number(a.slice(file.length + 1)));
    const times = names.filter((name) => name !== file && !name.startsWith(`${file}.`)).sort();
    const found: { readonly path: string; readonly state: FileState }[] = [];
    for (const name of [...numbers, ...times, ...names.filter((one) => one === file)]) {
      const path = `${folder}/${name}`;
      const state = await deps.fileState(path).catch(() => undefined);
      if (state) found.push({ path, state });
    }
    return found;
  };

  const placeIn = async (path: string, state: FileState): Promise<TailedFile> => {
    const before = known.get(state.id);
    const fresh: TailedFile = { id: state.id, offset: 0, head: '', skipping: false };
    if (!before) return fresh;
    if (state.bytes < before.offset) {
      deps.tell(`${path} became shorter: it is read again from its start`);
      return fresh;
    }
    if (before.head === '' || state.bytes === before.offset) return before;
    if (headOf(await deps.readFrom(path, 0, HEAD_BYTES)) === before.head) return before;
    deps.tell(`${path} begins with something else: it is read again from its start`);
    return fresh;
  };

  const readOne = async (
    path: string,
    state: FileState,
  ): Promise<{ readonly place: TailedFile; readonly lines: Uint8Array[]; readonly tooLong: number } | undefined> => {
    const place = await placeIn(path, state);
    if (state.bytes <= place.offset) return undefined;
    const bytes = await deps.readFrom(path, place.offset, piece);
    const head =
      place.head !== '' || state.bytes < HEAD_BYTES
        ? place.head
        : headOf(place.offset === 0 ? bytes.subarray(0, HEAD_BYTES) : await deps.readFrom(path, 0, HEAD_BYTES));
    const lines: Uint8Array[] = [];
    let { skipping } = place;
    let [start, tooLong] = [0, 0];
    for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE, start)) {
      if (skipping) skipping = false;
      else if (end - start > maxLineBytes) tooLong++;
      else if (end > start) lines.push(bytes.slice(start, end));
      start = end + 1;
    }
    if (bytes.length - start > maxLineBytes) {
      // Its end is not here yet: the rest is passed over piece by piece.
      if (!skipping) tooLong++;
      skipping = true;
    }
    if (skipping) start = bytes.length;
    if (start === 0) return undefined;
    return { place: { id: state.id, offset: place.offset + start, head, skipping }, lines, tooLong };
  };

  return {
    read: async () => {
      const present = await files();
      for (const { path, state } of present) {
        try {
          const found = await readOne(path, state);
          if (!found) continue;
          const ids = new Set(present.map((one) => one.state.id));
          const others = [...known.values()].filter(({ id }) => id !== found.place.id && ids.has(id));
          return { lines: found.lines, tooLong: found.tooLong, state: { format: 1, files: [...others, found.place] } };
        } catch (error) {
          tellOnce(`${path} ${state.id}`, `${path} cannot be read: ${toBellwetherError(error).message}`);
        }
      }
      return undefined;
    },
    done: (state) => {
      known = new Map(state.files.map((one) => [one.id, one]));
    },
    lag: async () => {
      let bytes = 0;
      for (const { state } of await files()) bytes += Math.max(0, state.bytes - (known.get(state.id)?.offset ?? 0));
      return bytes;
    },
  };
};
