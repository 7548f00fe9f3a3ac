import { describe, expect, it } from '@jest/globals';
import { changedKeys, configOrThrow, createLiveConfig } from '../../platform/index.ts';
import { loadConfig } from './load-config.ts';
import { type ConfigInput, LIVE_KEYS } from './schema.ts';

const load = (input: ConfigInput) => loadConfig('', { prometheus: { url: 'http://p:9090' }, ...input });
const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };
const live = (onApplied?: () => void) => createLiveConfig(configOrThrow(load({}), 'test'), LIVE_KEYS, silent, onApplied);

describe('changedKeys', () => {
  it('names leaves, and a list as a whole', () => {
    expect(changedKeys({ a: { b: 1, c: [1, 2] }, d: 1 }, { a: { b: 2, c: [1] }, d: 1, e: 5 })).toEqual(['a.b', 'a.c', 'e']);
  });
});

describe('createLiveConfig', () => {
  it('applies a live key at once and tells listeners', () => {
    let calls = 0;
    const config = live(() => {
      calls++;
    });
    expect(config.apply(load({ exposition: { maxWorkloads: 5 } }))).toEqual({
      ok: true,
      applied: ['exposition.maxWorkloads'],
      restartRequired: [],
    });
    expect(config.current.exposition).toEqual({ maxWorkloads: 5, maxContributions: 3000 });
    expect(calls).toBe(1);
  });

  it('keeps the running value of a key that needs a restart, and says so until it is put back', () => {
    const config = live();
    const changed = load({ intervalSeconds: 15, snapshot: { intervalSeconds: 60, path: '/s' } });
    expect(config.apply(changed)).toMatchObject({
      applied: ['snapshot.intervalSeconds'],
      restartRequired: ['intervalSeconds', 'snapshot.path'],
    });
    expect(config.current.intervalSeconds).toBe(30);
    expect(config.current.snapshot).toEqual({ intervalSeconds: 60, maxAgeHours: 24 });
    expect(config.apply(changed)).toMatchObject({ applied: [], restartRequired: ['intervalSeconds', 'snapshot.path'] });
    expect(config.apply(load({}))).toMatchObject({ restartRequired: [] });
  });

  it('keeps the last good configuration when a file is bad', () => {
    const config = live();
    config.apply(load({ log: { level: 'debug' } }));
    const outcome = config.apply(loadConfig('intervalSeconds: 0', {}));
    expect(outcome).toMatchObject({ ok: false, message: expect.stringContaining('intervalSeconds is 0') });
    expect(config.current.log.level).toBe('debug');
  });
});
