import type { HttpClient, HttpRequest } from '../platform/index.ts';
import { type Role, runMember } from './member.ts';

/** Lives so many steps as a role while the conductor says an act; gives back what was asked and burnt. */
const live = async (role: Role, act: string | undefined, steps = 60) => {
  const asked: HttpRequest[] = [];
  const stop = new AbortController();
  let burnt = 0;
  let slept = 0;
  const http: HttpClient = {
    request: async (request) => {
      asked.push(request);
      const isAct = request.url.endsWith('/act');
      if (isAct && act === undefined) throw new Error('gone');
      return {
        status: 200,
        headers: {},
        body: (async function* () {
          yield new TextEncoder().encode(isAct ? act : 'ok');
        })(),
      };
    },
    close: async () => undefined,
  };
  const clock = {
    nowMs: () => 0,
    monotonicMs: () => 0,
    sleep: async () => {
      slept += 1;
      if (slept >= steps) stop.abort();
    },
  };
  const options = { role, conductorUrl: 'http://conductor:9470', webUrl: 'http://web:9470/' };
  const burn = (ms: number): void => {
    burnt += ms;
  };
  await runMember({ http, clock, burn }, options, stop.signal);
  const others = asked.filter(({ url }) => !url.endsWith('/act'));
  return { others, burnt };
};

describe('runMember', () => {
  it('lives quietly while nothing is on, and while nobody says what is', async () => {
    for (const act of ['quiet', 'nonsense', undefined]) {
      expect((await live('client', act)).others).toHaveLength(12);
      expect((await live('web', act)).burnt).toBe(300);
    }
  });

  it('misbehaves only in acts whose target it is', async () => {
    expect((await live('web', 'miner')).burnt).toBeGreaterThan(3_000);
    expect((await live('web', 'transfer')).burnt).toBe(300);
    expect((await live('batch', 'miner')).burnt).toBe(300);
  });

  it('visits more often under load, tries ports as a scanner, and sends much in a transfer', async () => {
    expect((await live('client', 'load')).others.length).toBeGreaterThan(100);
    const scanned = (await live('client', 'scanner')).others.map(({ url }) => url).filter((url) => /:2\d{4}\/$/.test(url));
    expect(new Set(scanned).size).toBeGreaterThan(100);
    const sent = (await live('batch', 'transfer')).others.reduce((sum, { body }) => sum + (body?.length ?? 0), 0);
    expect(sent).toBeGreaterThan(20_000_000);
  });

  it('crashes in the crash loop, after a little life', async () => {
    await expect(live('batch', 'crash-loop')).rejects.toThrow('part of the drill');
    await expect(live('batch', 'crash-loop', 10)).resolves.toBeDefined();
  });
});
