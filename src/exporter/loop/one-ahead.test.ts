import { oneAhead } from './one-ahead.ts';

const numbers = async function* (asked: string[], until = 3, failsAt = Number.POSITIVE_INFINITY) {
  try {
    for (let i = 1; i <= until; i++) {
      if (i === failsAt) throw new Error(`no ${i}`);
      asked.push(`ask ${i}`);
      yield i;
    }
  } finally {
    asked.push('closed');
  }
};

const take = async (items: AsyncIterable<number>, asked: string[]): Promise<void> => {
  for await (const item of items) {
    await new Promise((resolve) => setImmediate(resolve));
    asked.push(`work ${item}`);
  }
};

describe('oneAhead', () => {
  it('asks for the next item while one is being worked on', async () => {
    const asked: string[] = [];
    await take(oneAhead(numbers(asked)), asked);
    expect(asked).toEqual(['ask 1', 'ask 2', 'work 1', 'ask 3', 'work 2', 'closed', 'work 3']);
  });

  it('gives an error after the items before it', async () => {
    const asked: string[] = [];
    await expect(take(oneAhead(numbers(asked, 3, 2)), asked)).rejects.toThrow('no 2');
    expect(asked).toEqual(['ask 1', 'closed', 'work 1']);
  });

  it('closes the source when it is left early', async () => {
    const asked: string[] = [];
    for await (const item of oneAhead(numbers(asked))) if (item === 1) break;
    expect(asked).toEqual(['ask 1', 'ask 2', 'closed']);
  });
});
