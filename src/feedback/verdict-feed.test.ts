import { MOST_FEED_ENTRIES, parseVerdictFeed, VERDICT_FEED_PATH, VERDICT_FEED_VERSION } from './index.ts';

const verdict = {
  id: 'v1',
  word: 'missed',
  workload: { namespace: 'shop', workload: 'cart', workloadKind: 'Deployment' },
  fromSeconds: 10,
  toSeconds: 20,
  givenSeconds: 30,
  expiresSeconds: null,
  by: 'ann',
  source: 'api',
  weight: 1,
};
const undo = { id: 'v1', givenSeconds: 40, by: 'ben' };
const feed = {
  version: VERDICT_FEED_VERSION,
  log: 'a',
  entries: [
    { sequence: 1, verdict },
    { sequence: 2, undo },
  ],
  next: 2,
  more: false,
};

describe('parseVerdictFeed', () => {
  it('takes verdicts and undos', () => {
    expect(parseVerdictFeed(feed)).toEqual({ ok: true, value: feed });
    expect(VERDICT_FEED_PATH).toMatch(/^\/api\/v1\//);
  });

  it.each([
    ['another version', { version: 2 }],
    ['an entry that is neither', { entries: [{ sequence: 1 }] }],
    ['an entry that is both', { entries: [{ sequence: 1, verdict, undo }] }],
    ['more than fit', { entries: Array.from({ length: MOST_FEED_ENTRIES + 1 }, (_, i) => ({ sequence: i + 1, undo })) }],
    ['no log', { log: undefined }],
  ])('refuses %s', (_, change) => {
    expect(parseVerdictFeed({ ...feed, ...change }).ok).toBe(false);
  });
});
