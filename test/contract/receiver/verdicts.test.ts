import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parseVerdictFeed } from '../../../src/feedback/index.ts';
import {
  type Answer,
  type AskOptions,
  type RunningReceiver,
  startReceiver,
  tokenOf,
  webhookAlert,
  webhookBody,
} from './receiver-fixture.ts';

type Row = Readonly<Record<string, unknown>>;

const MISSED = {
  word: 'missed',
  workload: { namespace: 'shop', workload: 'quiet', workloadKind: 'Deployment' },
  fromSeconds: 1_760_000_000,
  toSeconds: 1_760_000_600,
  reason: 'the miner of Friday',
};

describe('verdicts', () => {
  let receiver: RunningReceiver;
  beforeAll(async () => {
    receiver = await startReceiver({ verdicts: { maxWeightPerDay: 30 } });
  });
  afterAll(() => receiver.stop());

  const fire = async (workload: string): Promise<string> => {
    await receiver.ask('/api/v1/alertmanager', { as: 'sender', body: webhookBody([webhookAlert({ workload })]) });
    const { json } = await receiver.ask(`/api/v1/alerts?workload=${workload}`, { as: 'viewer' });
    return String((json.alerts as Row[])[0]?.id);
  };
  const give = (body: unknown, as: AskOptions['as'] = 'responder'): Promise<Answer> =>
    receiver.ask('/api/v1/verdicts', { as: as ?? 'responder', body });
  const feed = async (after: number): Promise<Row[]> => {
    const { json } = await receiver.ask(`/api/v1/verdicts/feed?after=${after}`, { as: 'viewer' });
    expect(parseVerdictFeed(json)).toMatchObject({ ok: true });
    return json.entries as Row[];
  };

  it('on an alert take workload and stretch from it; said again they are the same', async () => {
    const id = await fire('cart');
    const first = await give({ alert: id, word: 'false_alarm', reason: 'nightly batch' });
    expect(first.status).toBe(201);
    expect(first.json).toMatchObject({
      word: 'false_alarm',
      workload: { namespace: 'shop', workload: 'cart', workloadKind: 'Deployment' },
      by: 'responder',
      source: 'api',
      weight: 1,
      expiresSeconds: null,
    });
    expect((await give({ alert: id, word: 'false_alarm' })).json.id).toBe(first.json.id);
    expect((await receiver.ask(`/api/v1/alerts/${id}`, { as: 'viewer' })).json).toMatchObject({
      verdict: 'false_alarm',
      verdicts: [{ id: first.json.id }],
    });
  });

  it('of what no alert told of need workload and stretch', async () => {
    expect((await give(MISSED)).json).toMatchObject(MISSED);
    const refused = await give({ word: 'missed' });
    expect([refused.status, refused.json.field]).toEqual([400, 'workload']);
    expect((await give({ ...MISSED, weight: 5 })).json.message).toContain('weight is not a known key');
    expect((await give({ alert: '0123456789abcdef-1', word: 'confirmed' })).status).toBe(404);
  });

  it('are fed in the order of the log, and an undo is an entry of its own', async () => {
    const before = (await feed(0)).length;
    const { json } = await give({ alert: await fire('undone'), word: 'new_trend' });
    expect(
      (await receiver.ask(`/api/v1/verdicts/${String(json.id)}/undo`, { as: 'responder', body: { reason: 'a mistake' } })).json,
    ).toEqual({ undone: [json.id] });
    const entries = await feed(before);
    expect(entries).toMatchObject([
      { sequence: before + 1, verdict: { id: json.id } },
      { sequence: before + 2, undo: { id: json.id, by: 'responder', reason: 'a mistake' } },
    ]);
    expect((await receiver.ask(`/api/v1/verdicts/${String(json.id)}/undo`, { as: 'responder', body: {} })).status).toBe(409);
    expect((await receiver.ask('/api/v1/verdicts/nothing/undo', { as: 'responder', body: {} })).status).toBe(404);
  });

  it('begin anew for a reader of another log', async () => {
    const { json } = await receiver.ask('/api/v1/verdicts/feed?log=other&after=99', { as: 'viewer' });
    expect((json.entries as Row[])[0]).toMatchObject({ sequence: 1 });
  });

  it('are listed, filtered, paged and exported', async () => {
    const list = async (query: string): Promise<Row[]> =>
      (await receiver.ask(`/api/v1/verdicts?${query}`, { as: 'viewer' })).json.verdicts as Row[];
    expect((await list('workload=quiet')).map(({ word }) => word)).toEqual(['missed']);
    expect(await list('workload=undone&inForce=true')).toEqual([]);
    const { json } = await receiver.ask('/api/v1/verdicts?limit=1', { as: 'viewer' });
    expect((await list(`limit=1&before=${String(json.next)}`))[0]).not.toEqual((json.verdicts as Row[])[0]);
    const csv = await receiver.ask('/api/v1/verdicts/export?word=missed', { as: 'viewer' });
    expect(csv.headers.get('content-disposition')).toContain('verdicts.csv');
    expect(csv.text.split('\r\n')[1]).toContain('missed,shop,quiet,Deployment,1760000000,1760000600');
    expect((await receiver.ask('/api/v1/verdicts/export?format=json&word=missed', { as: 'viewer' })).json.verdicts).toHaveLength(1);
    expect((await receiver.ask('/api/v1/verdicts?color=red', { as: 'viewer' })).json.message).toContain('color is not a known key');
  });

  it('by a signed link change nothing by GET, and count once by POST', async () => {
    const id = await fire('linked');
    const link = await receiver.ask('/api/v1/links', { as: 'responder', body: { alert: id, for: 'ann@example.org', word: 'confirmed' } });
    const path = new URL(String(link.json.url)).pathname;
    for (let i = 0; i < 2; i++) expect((await receiver.ask(path)).text).toContain('value="confirmed" checked');
    expect((await receiver.ask(`/api/v1/alerts/${id}`, { as: 'viewer' })).json.verdict).toBeNull();
    const both = await Promise.all([1, 2].map(() => receiver.ask(path, { form: { word: 'confirmed', reason: 'seen' } })));
    expect(both.map(({ status }) => status).sort()).toEqual([200, 409]);
    expect((await receiver.ask(`/api/v1/alerts/${id}`, { as: 'viewer' })).json.verdicts).toMatchObject([
      { by: 'ann@example.org', source: 'link', reason: 'seen' },
    ]);
    expect((await receiver.ask(path)).status).toBe(409);
    expect((await receiver.ask(`${path}x`)).status).toBe(404);
  });

  it('stop counting at the cap of a day, which other identities do not share', async () => {
    const answers: number[] = [];
    for (let i = 0; i < 31; i++) answers.push((await give({ ...MISSED, fromSeconds: MISSED.fromSeconds + i }, 'admin')).status);
    expect(answers.filter((status) => status === 201)).toHaveLength(30);
    expect(answers.at(-1)).toBe(429);
    expect((await give({ ...MISSED, fromSeconds: MISSED.fromSeconds - 1 })).status).toBe(201);
  });

  it('leave a line in the audit log, which only admins read', async () => {
    const { json } = await receiver.ask('/api/v1/audit?limit=1000', { as: 'admin' });
    expect((json.entries as Row[]).map(({ action }) => action)).toEqual(expect.arrayContaining(['verdict.give', 'verdict.undo']));
    expect((await receiver.ask('/api/v1/audit', { as: 'responder' })).status).toBe(403);
  });

  it('by the form need a session and the token of that session', async () => {
    const id = await fire('form');
    expect((await receiver.ask(`/alerts/${id}`)).headers.get('location')).toBe('/login');
    expect((await receiver.ask('/login', { form: { token: 'wrong' } })).status).toBe(401);
    const login = await receiver.ask('/login', { form: { token: tokenOf('responder') } });
    const setCookie = String(login.headers.get('set-cookie'));
    expect(setCookie).toMatch(/HttpOnly; SameSite=Strict/);
    const headers = { cookie: setCookie.split(';')[0] ?? '' };
    const page = await receiver.ask(`/alerts/${id}`, { headers });
    const csrf = /name="csrf" value="([^"]+)"/.exec(page.text)?.[1] ?? '';
    expect((await receiver.ask(`/alerts/${id}/verdict`, { headers, form: { word: 'expected', csrf: 'forged' } })).status).toBe(403);
    expect((await receiver.ask('/api/v1/verdicts', { headers, body: { alert: id, word: 'expected' } })).status).toBe(403);
    const given = await receiver.ask(`/alerts/${id}/verdict`, { headers, form: { word: 'expected', reason: 'load test', csrf } });
    expect([given.status, given.headers.get('location')]).toEqual([303, `/alerts/${id}`]);
    expect((await receiver.ask(`/alerts/${id}`, { headers })).text).toContain('load test');
    const missed = {
      namespace: 'shop',
      workload: 'form',
      workloadKind: 'Deployment',
      from: '2026-01-01T10:00',
      to: '2026-01-01T10:30',
      reason: '<b>',
      csrf,
    };
    expect((await receiver.ask('/missed', { headers, form: missed })).status).toBe(200);
    expect((await receiver.ask('/?workload=form', { headers })).text).toContain('WorkloadAnomalous');
  });

  it('can be fetched as a copy of the store by admins', async () => {
    const response = await fetch(`${receiver.api}/api/v1/backup`, { headers: { authorization: `Bearer ${tokenOf('admin')}` } });
    expect(
      Buffer.from(await response.arrayBuffer())
        .subarray(0, 15)
        .toString(),
    ).toBe('SQLite format 3');
    expect((await receiver.ask('/api/v1/backup', { as: 'viewer' })).status).toBe(403);
  });
});
