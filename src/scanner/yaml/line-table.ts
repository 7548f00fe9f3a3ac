/** Line and column of an offset, both from 1; columns count UTF-16 units as editors and SARIF do. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

export type LineTable = (offset: number) => Place;

const LF = 10;
const CR = 13;

/** Made in one pass; a look-up is a binary search. Lines end with LF, CRLF or CR. */
export const createLineTable = (text: string): LineTable => {
  const starts = [0];
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === LF || (code === CR && text.charCodeAt(i + 1) !== LF)) starts.push(i + 1);
  }
  return (offset) => {
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (starts[middle]! <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: Math.max(0, offset - starts[low]!) + 1 };
  };
};
