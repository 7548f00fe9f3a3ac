import type { Verdict } from '../feedback/index.ts';
import type { HttpClient, HttpRequest } from '../platform/index.ts';
import { formatList, formatVerdict } from './format.ts';
import { readLearned, undoAtReceiver } from './requests.ts';
import { undoInFile } from './verdict-file.ts';

const verdict: Verdict = {
  id: 'v1',
  word: 'false_alarm',
  workload: { namespace: 'shop', workload: 'cart', workloadKind: 'Deployment' },
  fromSeconds: 1_772_582_400,
  toSeconds: 1_772_584_200,
  givenSeconds: 1_772_586_000,
  expiresSeconds: null,
  by: 'ann',
  source: 'silence',
  weight: 1,
  reason: 'nightly batch',
};
const learned = [
  { verdict, state: 'learned', strength: 0.71 },
  { verdict: { ...verdict, id: 'v2', parent: 'v1' }, state: 'no_window', strength: 0.3 },
];

const answering = (status: number, body: unknown) => {
  const asked: HttpRequest[] = [];
  const http: HttpClient = {
    request: (request) => {
      asked.push(request);
      const chunks = (async function* () {
        yield new TextEncoder().encode(JSON.stringify(body));
      })();
      return Promise.resolve({ status, headers: {}, body: chunks });
    },
    close: () => Promise.resolve(),
  };
  return { http, asked };
};

describe('formatList', () => {
  it('has a line per verdict with what became of it', () => {
    const text = formatList(learned, (verdict.givenSeconds + 7200) * 1000);
    expect(text.split('\n')[1]).toBe('Deployment/shop/cart  false_alarm  0.71      learned    2 h  ann  v1  nightly batch');
    expect(formatList([], 0)).toBe('no verdicts\n');
  });
});

describe('formatVerdict', () => {
  it('says what it changes, and what came of it', () => {
    const text = formatVerdict(learned, 'v1');
    expect(text).toContain('window     2026-03-04T00:00Z to 2026-03-04T00:30Z');
    expect(text).toContain('propagated v2');
    expect(text).toContain('raises the bar');
  });

  it('refuses an id that nobody knows', () => {
    expect(() => formatVerdict(learned, 'v9')).toThrow('v9');
  });
});

describe('readLearned', () => {
  it('gives what the exporter says', async () => {
    const { http, asked } = answering(200, { items: learned });
    expect(await readLearned(http, 'http://exporter:9466/')).toEqual(learned);
    expect(asked[0]?.url).toBe('http://exporter:9466/api/v1/verdicts');
  });

  it('refuses the answer of something else', async () => {
    await expect(readLearned(answering(200, { items: [{}] }).http, 'http://x')).rejects.toThrow('is it an exporter');
  });
});

describe('undoAtReceiver', () => {
  it('posts the reason and gives what no longer counts', async () => {
    const { http, asked } = answering(200, { undone: ['v1', 'v2'] });
    expect(await undoAtReceiver(http, 'http://receiver:9467', 'v 1', 'was true')).toEqual(['v1', 'v2']);
    expect(asked[0]).toMatchObject({
      method: 'POST',
      url: 'http://receiver:9467/api/v1/verdicts/v%201/undo',
      body: '{"reason":"was true"}',
    });
  });

  it.each([
    [404, 'invalid_input'],
    [403, 'upstream_refused'],
    [503, 'upstream_unavailable'],
  ])('turns status %i into %s with what the receiver said', async (status, code) => {
    await expect(undoAtReceiver(answering(status, { message: 'no such verdict' }).http, 'http://x', 'v', '')).rejects.toMatchObject({
      code,
      message: expect.stringContaining('no such verdict'),
    });
  });
});

describe('undoInFile', () => {
  const undo = { id: 'v1', givenSeconds: 5, by: 'ben' };

  it('adds the undo at the end', () => {
    const text = undoInFile(JSON.stringify({ entries: [{ sequence: 4, verdict }] }), undo);
    expect(JSON.parse(text)).toEqual({
      entries: [
        { sequence: 4, verdict },
        { sequence: 5, undo },
      ],
    });
  });

  it.each([
    ['no JSON', '{', 'not JSON'],
    ['another form', '{"entries": 3}', 'entries'],
    ['a file without the verdict', '{"entries": []}', 'no verdict v1'],
  ])('refuses %s', (_, text, message) => {
    expect(() => undoInFile(text, undo)).toThrow(message);
  });
});
