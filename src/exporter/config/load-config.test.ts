import { describe, expect, it } from '@jest/globals';
import { configOrThrow } from '../../platform/index.ts';
import { loadConfig } from './load-config.ts';

describe('loadConfig', () => {
  it('fills every default in', () => {
    const config = configOrThrow(loadConfig('', { prometheus: { url: 'http://p:9090' } }), 'test');
    expect(config.intervalSeconds).toBe(30);
    expect(config.backfill).toEqual({ hours: 24, stepSeconds: 60, sliceHours: 1 });
    expect(config.listen).toEqual({ host: '127.0.0.1', scoresPort: 9464, selfPort: 9465, apiPort: 9466 });
    expect(config.prometheus.externalLabels).toEqual(['prometheus', 'prometheus_replica']);
  });

  it('lets flags win over the file and keeps what they do not name', () => {
    const file = 'prometheus: { url: "http://file:9090", tenant: a }\nlog: { level: warn }\n';
    const config = configOrThrow(loadConfig(file, { prometheus: { url: 'http://flag:9090' } }), 'test');
    expect(config.prometheus).toMatchObject({ url: 'http://flag:9090', tenant: 'a' });
    expect(config.log.level).toBe('warn');
  });

  it('accepts a push-only exporter without an address', () => {
    expect(loadConfig('ingest: { enabled: true }\napi: { tokenFile: /t }\n', {}).ok).toBe(true);
  });

  it('accepts an entity of chosen labels', () => {
    const file =
      'prometheus: { url: "http://p" }\nfeatures: { preset: none, selectors: [{ name: a, selector: a, entity: [shop, till] }] }\n';
    expect(configOrThrow(loadConfig(file, {}), 'test').features.selectors[0]?.entity).toEqual(['shop', 'till']);
  });
});

describe('configOrThrow', () => {
  it('lists every problem in one message', () => {
    expect(() => configOrThrow(loadConfig('intervalSeconds: 0\nlog: { level: x }\n', {}), 'bellwether.yaml')).toThrow(
      /^bellwether\.yaml has 3 problems:\n {2}- intervalSeconds .*\n {2}- log\.level .*\n {2}- prometheus\.url/,
    );
  });
});
