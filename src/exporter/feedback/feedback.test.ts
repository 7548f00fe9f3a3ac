import { createFileReader, createMaskReader, createReceiverReader, type FeedEntry, type Verdict } from '../../feedback/index.ts';
import type { HttpClient, HttpRequest } from '../../platform/index.ts';
import { createPupil } from './pupil.ts';

const signal = new AbortController().signal;
const verdict = (id: string, over: Partial<Verdict> = {}): Verdict => ({
  id,
  word: 'false_alarm',
  workload: { namespace: 'shop', workload: 'cart', workloadKind: 'Deployment' },
  fromSeconds: 1000,
  toSeconds: 1600,
  givenSeconds: 2000,
  expiresSeconds: null,
  by: 'ann',
  source: 'form',
  weight: 1,
  ...over,
});
const entry = (sequence: number, id = `v${sequence}`): FeedEntry => ({ sequence, verdict: verdict(id) });
const bytes = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));

/** Answers in turn, and keeps the questions. */
const answering = (...answers: readonly { readonly status?: number; readonly body: unknown }[]) => {
  const asked: string[] = [];
  const http: HttpClient = {
    request: ({ url }: HttpRequest) => {
      asked.push(url);
      const { status = 200, body } = answers[Math.min(asked.length, answers.length) - 1]!;
      const chunks = (async function* () {
        yield bytes(body);
      })();
      return Promise.resolve({ status, headers: {}, body: chunks });
    },
    close: () => Promise.resolve(),
  };
  return { http, asked };
};
const feed = (log: string, entries: readonly FeedEntry[], more = false) => ({
  body: { version: 1, log, entries, next: entries.at(-1)?.sequence ?? 0, more },
});
const options = { url: 'http://receiver:9467/', timeoutMs: 1000 };

describe('createReceiverReader', () => {
  it('reads page after page, and goes on where it was', async () => {
    const { http, asked } = answering(feed('a', [entry(1)], true), feed('a', [entry(2)]), feed('a', []));
    const source = createReceiverReader(http, options);
    expect(await source.read(signal)).toEqual({ isWhole: true, entries: [entry(1), entry(2)] });
    expect(await source.read(signal)).toEqual({ isWhole: false, entries: [] });
    expect(asked).toEqual([
      'http://receiver:9467/api/v1/verdicts/feed?after=0',
      'http://receiver:9467/api/v1/verdicts/feed?after=1&log=a',
      'http://receiver:9467/api/v1/verdicts/feed?after=2&log=a',
    ]);
  });

  it('takes another log as the whole', async () => {
    const { http } = answering(feed('a', [entry(1)]), feed('b', [entry(1, 'other')]));
    const source = createReceiverReader(http, options);
    await source.read(signal);
    expect(await source.read(signal)).toEqual({ isWhole: true, entries: [entry(1, 'other')] });
  });

  it.each([
    ['a refusal', { status: 403, body: {} }, /token/],
    ['a receiver that is not ready', { status: 503, body: {} }, /503/],
    ['another version', { body: { version: 9, log: 'a', entries: [], next: 0, more: false } }, /version/],
    ['something else', { body: [1] }, /no feed/],
  ])('rejects %s', async (_, answer, message) => {
    await expect(createReceiverReader(answering(answer).http, options).read(signal)).rejects.toThrow(message);
  });
});

describe('createMaskReader', () => {
  const mask = (id: string) => ({
    id,
    namespace: 'shop',
    workload: 'cart',
    workloadKind: 'Deployment',
    fromSeconds: 100,
    toSeconds: 200,
    reason: '',
    author: 'a',
  });
  const read = (answer: { readonly status?: number; readonly body: unknown }) => {
    const { http, asked } = answering(answer);
    return { asked, masks: createMaskReader(http, options).read(50, 300, signal) };
  };

  it('gives the stretches of mitigations, and none of maintenance', async () => {
    const { asked, masks } = read({ body: { masks: [mask('mitigation:shop/cart-1'), mask('silence-1')] } });
    const key = { namespace: 'shop', workload: 'cart', workloadKind: 'Deployment' };
    expect(await masks).toEqual([{ id: 'mitigation:shop/cart-1', key, fromSeconds: 100, toSeconds: 200 }]);
    expect(asked).toEqual(['http://receiver:9467/api/v1/masks?from=50&to=300&limit=1000']);
  });

  it.each([
    ['a refusal', { status: 403, body: {} }, /403/],
    ['something else', { body: { masks: [{ id: 'mitigation:x' }] } }, /no masks/],
  ])('rejects %s', async (_, answer, message) => {
    await expect(read(answer).masks).rejects.toThrow(message);
  });
});

describe('createFileReader', () => {
  it('gives the whole file when it has changed, and nothing else', async () => {
    let content = { entries: [entry(1)] };
    const source = createFileReader(() => Promise.resolve(bytes(content)));
    expect(await source.read(signal)).toEqual({ isWhole: true, entries: [entry(1)] });
    expect(await source.read(signal)).toEqual({ isWhole: false, entries: [] });
    content = { entries: [entry(1), entry(2)] };
    expect((await source.read(signal)).entries).toHaveLength(2);
  });

  it('caps what one identity gives within a day', async () => {
    const entries = Array.from({ length: 30 }, (_, i) => entry(i + 1));
    const source = createFileReader(() => Promise.resolve(bytes({ entries })));
    const weights = (await source.read(signal)).entries.map((one) => one.verdict?.weight ?? 0);
    expect(weights.reduce((sum, weight) => sum + weight, 0)).toBe(20);
  });

  it('names what is wrong', async () => {
    const source = createFileReader(() =>
      Promise.resolve(bytes({ entries: [{ sequence: 1, verdict: { ...verdict('a'), word: 'wrong' } }] })),
    );
    await expect(source.read(signal)).rejects.toThrow(/entries\[0\]/);
  });
});

describe('createPupil', () => {
  /** A scorer that knows one workload and keeps lessons. */
  const createScorer = () => {
    const lessons = new Map<string, never>();
    return {
      teach: ({ id, key }: { id: string; key: { workload: string } }) => {
        if (key.workload !== 'cart') return 'unknown_workload' as const;
        lessons.set(id, { id, windows: [{}] } as never);
        return 'learned' as const;
      },
      unteach: (id: string) => lessons.delete(id),
      *lessons() {
        for (const lesson of lessons.values()) yield { key: verdict('x').workload, lesson };
      },
      ids: () => [...lessons.keys()],
    };
  };
  const now = 3000;

  it('teaches what is new once and takes back what is undone', () => {
    const scorer = createScorer();
    const pupil = createPupil(scorer, 1);
    pupil.hear(0, { isWhole: true, entries: [entry(1), entry(2)] });
    expect(pupil.learn(now)).toEqual({ taught: 2, undone: 0 });
    expect(pupil.learn(now)).toEqual({ taught: 0, undone: 0 });
    pupil.hear(0, { isWhole: false, entries: [{ sequence: 3, undo: { id: 'v1', givenSeconds: 2500, by: 'ben' } }] });
    expect(pupil.learn(now)).toEqual({ taught: 0, undone: 1 });
    expect(scorer.ids()).toEqual(['v2']);
  });

  it('keeps what a snapshot brought until every source was heard, then takes back what nobody says', () => {
    const scorer = createScorer();
    scorer.teach({ id: 'old', key: verdict('old').workload });
    const pupil = createPupil(scorer, 2);
    pupil.hear(0, { isWhole: true, entries: [] });
    pupil.learn(now);
    expect(scorer.ids()).toEqual(['old']);
    pupil.hear(1, { isWhole: true, entries: [entry(1)] });
    pupil.learn(now);
    expect(scorer.ids()).toEqual(['v1']);
  });

  it('waits for a workload that is not there yet, and lets go of what has faded', () => {
    const scorer = createScorer();
    const pupil = createPupil(scorer, 1);
    const other = verdict('o', { workload: { namespace: 'shop', workload: 'later', workloadKind: 'Deployment' } });
    pupil.hear(0, {
      isWhole: true,
      entries: [entry(1), { sequence: 2, verdict: other }, { sequence: 3, verdict: verdict('e', { expiresSeconds: 2600 }) }],
    });
    pupil.learn(2500);
    const states = (seconds: number) => Object.fromEntries(pupil.verdicts(seconds).map(({ verdict: { id }, state }) => [id, state]));
    expect(states(2500)).toEqual({ v1: 'learned', o: 'unknown_workload', e: 'learned' });
    expect(pupil.learn(now)).toEqual({ taught: 0, undone: 1 });
    expect(states(now)).toEqual({ v1: 'learned', o: 'unknown_workload', e: 'faded' });
  });
});
