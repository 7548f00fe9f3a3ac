/** A column of numbers that grows by doubling: amortised constant time per value, at most twice the space. */
export class GrowingColumn {
  length = 0;
  private data: Float64Array;

  constructor(capacity = 64) {
    this.data = new Float64Array(capacity);
  }

  push(value: number): void {
    if (this.length === this.data.length) {
      const larger = new Float64Array(this.data.length * 2);
      larger.set(this.data);
      this.data = larger;
    }
    this.data[this.length++] = value;
  }

  /** The values so far, without a copy: valid until the next push. */
  view(): Float64Array {
    return this.data.subarray(0, this.length);
  }
}
