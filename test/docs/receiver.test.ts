import { readdirSync, readFileSync } from 'node:fs';
import { collectConfigKeys } from '../../scripts/config-docs.ts';
import { loadReceiverConfig, RECEIVER_CONFIG_SCHEMA, RECEIVER_LIVE_KEYS } from '../../src/receiver/index.ts';

const ROOT = new URL('../../', import.meta.url);
const page = readFileSync(new URL('docs/receiver.md', ROOT), 'utf8');

/** Routes as the code registers them. */
const routes = ['api', 'webhook', 'notify/slack', 'notify'].flatMap((folder) =>
  readdirSync(new URL(`src/receiver/${folder}`, ROOT), { withFileTypes: true }).flatMap((entry) => {
    if (!entry.isFile()) return [];
    const file = entry.name;
    const text = readFileSync(new URL(`src/receiver/${folder}/${file}`, ROOT), 'utf8').replace(
      /VERDICT_FEED_PATH/g,
      "'/api/v1/verdicts/feed'",
    );
    return [...text.matchAll(/router\.(get|post)\(\s*'(\/api\/v1\/[^']+)'/g)].map(
      ([, method, path]) => `${String(method).toUpperCase()} ${path}`,
    );
  }),
);

describe('docs/receiver.md', () => {
  it('has every route and no other', () => {
    const named = [...page.matchAll(/^\| `((?:GET|POST) \/api\/v1\/[^`]+)`/gm)].map(([, route]) => String(route));
    expect(routes.length).toBeGreaterThan(10);
    expect(named.sort()).toEqual([...routes].sort());
  });

  it('has configurations that are accepted', () => {
    const texts = ['receiver.md', 'receiver-configuration.md'].flatMap((name) =>
      [...readFileSync(new URL(`docs/${name}`, ROOT), 'utf8').matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, text]) => String(text)),
    );
    expect(texts.length).toBe(3);
    for (const text of texts) expect(loadReceiverConfig(text, { store: { path: 'a.db' } })).toMatchObject({ ok: true });
  });
});

describe('RECEIVER_CONFIG_SCHEMA', () => {
  const keys = collectConfigKeys(RECEIVER_CONFIG_SCHEMA);

  it('says of every key what it is for', () => {
    expect(keys.filter(({ schema }) => !schema.description?.endsWith('.')).map(({ path }) => path)).toEqual([]);
  });

  it('knows every key that is said to take effect while running', () => {
    expect(RECEIVER_LIVE_KEYS.filter((live) => !keys.some(({ path }) => path === live))).toEqual([]);
  });
});
