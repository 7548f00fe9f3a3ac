import { workerScript } from './worker.ts';

const SCRIPT = new URL('file:///app/src/learning/session-worker.ts');

describe('workerScript', () => {
  it('runs TypeScript through tsx in a checkout', () => {
    const { url, execArgv } = workerScript(SCRIPT, false);
    expect(url).toBe(SCRIPT);
    expect(execArgv).toEqual(['--import', expect.stringMatching(/^file:.*\/tsx\//)]);
  });

  it('takes the file of the same name beside the bundle', () => {
    const { url, execArgv } = workerScript(SCRIPT, true);
    expect(url.href).toBe(new URL('session-worker.mjs', import.meta.url).href);
    expect(execArgv).toEqual([]);
  });
});
