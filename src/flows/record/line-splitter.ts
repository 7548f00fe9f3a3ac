const NEWLINE = 10;
const RETURN = 13;

export interface LineSplitter {
  /** Calls back for each line that ends in this chunk, without its end; a line that is too long gives its first bytes and `isWhole` false. */
  push(chunk: Uint8Array): void;
  /** The last line, where it has no end. */
  end(): void;
  /** Bytes of the line that has not ended yet. */
  readonly pending: number;
}

/** Cuts bytes into lines and holds at most `maxBytes` of one: a line of a gigabyte costs no more memory than a short one. */
export const createLineSplitter = (
  maxBytes: number,
  onLine: (bytes: Uint8Array, start: number, end: number, isWhole: boolean) => void,
): LineSplitter => {
  let held = new Uint8Array(0);
  let isCut = false;
  let pending = 0;

  const hold = (bytes: Uint8Array): void => {
    pending += bytes.length;
    const room = maxBytes - held.length;
    if (bytes.length > room) isCut = true;
    const joined = new Uint8Array(held.length + Math.min(room, bytes.length));
    joined.set(held);
    joined.set(bytes.subarray(0, Math.max(0, room)), held.length);
    held = joined;
  };
  const emit = (bytes: Uint8Array, start: number, end: number, isWhole: boolean): void =>
    onLine(bytes, start, end > start && bytes[end - 1] === RETURN ? end - 1 : end, isWhole);
  const flush = (): void => {
    emit(held, 0, held.length, !isCut);
    held = new Uint8Array(0);
    isCut = false;
    pending = 0;
  };

  return {
    push: (chunk) => {
      let start = 0;
      for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
        if (pending > 0) {
          hold(chunk.subarray(start, end));
          flush();
        } else emit(chunk, start, end, end - start <= maxBytes);
        start = end + 1;
      }
      if (start < chunk.length) hold(chunk.subarray(start));
    },
    end: () => {
      if (pending > 0) flush();
    },
    get pending() {
      return pending;
    },
  };
};
