import { describe, expect, it } from '@jest/globals';
import { BellwetherError, type HttpClient, type HttpRequest } from '../platform/index.ts';
import { createAlertmanagerClient } from './api-client.ts';

type Answer = { readonly status?: number; readonly body?: unknown } | Error;

/** Answers by URL; keeps what was asked. */
const fakeHttp = (answers: Readonly<Record<string, Answer>>): { readonly http: HttpClient; readonly asked: HttpRequest[] } => {
  const asked: HttpRequest[] = [];
  const http: HttpClient = {
    request: async (request) => {
      asked.push(request);
      const [, answer] = Object.entries(answers).find(([start]) => request.url.startsWith(start)) ?? [];
      if (!answer) throw new Error(`nobody expected ${request.url}`);
      if (answer instanceof Error) throw answer;
      const text = typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body ?? '');
      const body = (async function* () {
        yield Buffer.from(answer.body === undefined ? '' : text);
      })();
      return { status: answer.status ?? 200, headers: {}, body };
    },
    close: async () => undefined,
  };
  return { http, asked };
};

const held = (fingerprint: string, silencedBy: readonly string[] = []) => ({
  fingerprint,
  labels: { alertname: 'A' },
  annotations: {},
  startsAt: '2026-11-21T10:00:00Z',
  endsAt: '2026-11-21T10:05:00Z',
  status: { state: silencedBy.length > 0 ? 'suppressed' : 'active', silencedBy, inhibitedBy: [] },
  receivers: [{ name: 'x' }],
});
const silence = (id: string, updatedAt: string, comment: string) => ({
  id,
  status: { state: 'active' },
  startsAt: '2026-11-21T10:00:00Z',
  endsAt: '2026-11-21T12:00:00Z',
  updatedAt,
  createdBy: 'ann',
  comment,
  matchers: [{ name: 'alertname', value: 'A', isRegex: false }],
});
const down = new BellwetherError('upstream_unavailable', 'no connection');
const request = { matchers: [], startsMs: 0, endsMs: 1000, createdBy: 'ann', comment: 'FP: x' };

describe('createAlertmanagerClient', () => {
  it('takes replicas of a cluster as one: what any of them holds, as the one says that knows most', async () => {
    const { http } = fakeHttp({ 'http://a/': { body: [held('1'), held('2')] }, 'http://b/': { body: [held('2', ['s']), held('3')] } });
    const { items } = await createAlertmanagerClient({ http }, { urls: ['http://a', 'http://b/'], timeoutMs: 1 }).alerts();
    expect(items.map(({ fingerprint, silencedBy }) => [fingerprint, silencedBy])).toEqual([
      ['1', []],
      ['2', ['s']],
      ['3', []],
    ]);
  });

  it('goes on while one replica answers, and names the one that does not', async () => {
    const { http } = fakeHttp({ 'http://a/': down, 'http://b/': { body: [held('3')] } });
    const view = await createAlertmanagerClient({ http }, { urls: ['http://a', 'http://b'], timeoutMs: 1 }).alerts();
    expect(view.items).toHaveLength(1);
    expect(view.replicas.map(({ url, error }) => [url, error?.code])).toEqual([
      ['http://a', 'upstream_unavailable'],
      ['http://b', undefined],
    ]);
  });

  it('fails where none answers', async () => {
    const { http } = fakeHttp({ 'http://a/': down });
    await expect(createAlertmanagerClient({ http }, { urls: ['http://a'], timeoutMs: 1 }).silences()).rejects.toBe(down);
  });

  it('takes the newest word on a silence, and matchers without isEqual as equal', async () => {
    const { http } = fakeHttp({
      'http://a/': { body: [silence('s', '2026-11-21T10:00:00Z', 'old')] },
      'http://b/': { body: [{ ...silence('s', '2026-11-21T10:01:00Z', 'FP: new'), annotations: null }] },
    });
    const { items } = await createAlertmanagerClient({ http }, { urls: ['http://a', 'http://b'], timeoutMs: 1 }).silences();
    expect(items).toMatchObject([{ comment: 'FP: new', annotations: {}, matchers: [{ isEqual: true }] }]);
  });

  it('asks for alerts of a group by its labels', async () => {
    const { http, asked } = fakeHttp({ 'http://a/': { body: [] } });
    await createAlertmanagerClient({ http }, { urls: ['http://a'], timeoutMs: 1 }).alerts({ alertname: 'A "b"', namespace: 'shop' });
    expect(decodeURIComponent(asked[0]?.url ?? '')).toBe('http://a/api/v2/alerts?filter=alertname="A \\"b\\""&filter=namespace="shop"');
  });

  it('writes to the first replica that takes it, and stops at one that refuses', async () => {
    const up = fakeHttp({ 'http://a/': down, 'http://b/': { body: { silenceID: 'new' } } });
    expect(await createAlertmanagerClient(up, { urls: ['http://a', 'http://b'], timeoutMs: 1 }).postSilence(request)).toBe('new');
    expect(JSON.parse(String(up.asked[1]?.body))).toMatchObject({ startsAt: '1970-01-01T00:00:00Z', comment: 'FP: x' });
    const refusing = fakeHttp({ 'http://a/': { status: 400, body: 'bad matcher' }, 'http://b/': { body: { silenceID: 'new' } } });
    const client = createAlertmanagerClient(refusing, { urls: ['http://a', 'http://b'], timeoutMs: 1 });
    await expect(client.postSilence(request)).rejects.toMatchObject({ code: 'upstream_refused' });
    expect(refusing.asked).toHaveLength(1);
  });

  it('tells an answer that is no JSON, or not what it should be', async () => {
    const { http } = fakeHttp({ 'http://a/': { body: '<html>' }, 'http://b/': { body: [{}] } });
    const client = (url: string) => createAlertmanagerClient({ http }, { urls: [url], timeoutMs: 1 });
    await expect(client('http://a').alerts()).rejects.toMatchObject({ code: 'corrupt_response' });
    await expect(client('http://b').alerts()).rejects.toThrow(/not what it should be: \[0\]\.labels is missing/);
  });
});
