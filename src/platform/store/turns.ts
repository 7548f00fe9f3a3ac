/** Lets pieces of work have a thing for themselves, one after the other. */
export interface Turns {
  take<T>(work: () => Promise<T>): Promise<T>;
}

export const createTurns = (): Turns => {
  let last: Promise<unknown> = Promise.resolve();
  return {
    take: (work) => {
      const turn = last.then(work);
      // The next one comes whatever became of this one.
      last = turn.catch(() => undefined);
      return turn;
    },
  };
};
