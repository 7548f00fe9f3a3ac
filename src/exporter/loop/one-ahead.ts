/**
 * The same items, each asked for while the one before is being worked on: the other side reads while this one scores. Holds at most two items.
 * An error comes in its turn, after the items before it; leaving early closes the source.
 */
export async function* oneAhead<T>(source: AsyncIterable<T>): AsyncGenerator<T, void, undefined> {
  const iterator = source[Symbol.asyncIterator]();
  const ask = (): Promise<IteratorResult<T>> => {
    const answer = iterator.next();
    // It is awaited one item later; until then it must not count as an error that nobody handles.
    answer.catch(() => undefined);
    return answer;
  };
  let ended = false;
  let next = ask();
  try {
    for (;;) {
      const { done, value } = await next.catch((error: unknown) => {
        ended = true;
        throw error;
      });
      if (done) {
        ended = true;
        return;
      }
      next = ask();
      yield value;
    }
  } finally {
    if (!ended) await iterator.return?.();
  }
}
