import { workerScript } from './worker.ts';

const SCRIPT = new URL('file:///app/src/learning/session-worker.ts');

describe('workerScript', () => {
  it('goes through an entry that registers tsx in a checkout', () => {
    const { url, argv } = workerScript(SCRIPT, false);
    expect(url.pathname).toMatch(/\/src\/platform\/tsx-entry\.mjs$/);
    expect(argv).toEqual([SCRIPT.href]);
  });

  it('takes the file of the same name beside the bundle', () => {
    const { url, argv } = workerScript(SCRIPT, true);
    expect(url.href).toBe(new URL('session-worker.mjs', import.meta.url).href);
    expect(argv).toEqual([]);
  });
});
