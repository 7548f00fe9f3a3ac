import { EventEmitter, once } from 'node:events';
import { BellwetherError } from './error.ts';
import { describeError, type ProcessHost, runProcess } from './process.ts';

class FakeHost extends EventEmitter implements ProcessHost {
  exitCode?: number | string | null | undefined;
  exited: number[] = [];
  text = '';
  stderr = {
    write: (text: string): void => {
      this.text += text;
    },
  };
  exit(code: number): void {
    this.exited.push(code);
  }
}

const untilAborted = (signal: AbortSignal): Promise<void> =>
  new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true }));

describe('runProcess', () => {
  it('gives no exit code and leaves no listener where the work ends well', async () => {
    const host = new FakeHost();
    await runProcess(async () => undefined, { host });
    expect(host.exitCode).toBeUndefined();
    expect(host.eventNames()).toEqual([]);
  });

  it.each(['SIGTERM', 'SIGINT'])('aborts the work on %s and takes that for success', async (name) => {
    const host = new FakeHost();
    const run = runProcess(untilAborted, { host });
    host.emit(name);
    await run;
    expect({ code: host.exitCode, exited: host.exited, text: host.text }).toEqual({ code: undefined, exited: [], text: '' });
  });

  it('ends at once on the second signal', async () => {
    const host = new FakeHost();
    const work = new EventEmitter();
    const run = runProcess(() => once(work, 'end').then(() => undefined), { host });
    host.emit('SIGTERM');
    host.emit('SIGTERM');
    expect(host.exited).toEqual([143]);
    work.emit('end');
    await run;
  });

  it.each([
    { code: 'invalid_config' as const, exit: 2 },
    { code: 'invalid_input' as const, exit: 2 },
    { code: 'not_found' as const, exit: 2 },
    { code: 'upstream_unavailable' as const, exit: 1 },
  ])('exits with $exit and one line on $code', async ({ code, exit }) => {
    const host = new FakeHost();
    await runProcess(() => Promise.reject(new BellwetherError(code, 'no such place')), { host });
    expect(host.exitCode).toBe(exit);
    expect(host.text).toBe('bellwether: no such place\n');
  });

  it('shows the stack of an error that nobody foresaw', async () => {
    const host = new FakeHost();
    await runProcess(() => Promise.reject(new TypeError('x is not a function')), { host });
    expect(host.exitCode).toBe(1);
    expect(host.text).toContain('process.test.ts');
  });

  it('exits with 1 on a rejection that nobody handled', async () => {
    const host = new FakeHost();
    await runProcess(async () => void host.emit('unhandledRejection', new Error('lost')), { host });
    expect(host.exited).toEqual([1]);
    expect(host.text).toContain('lost');
  });
});

describe('describeError', () => {
  it('adds each cause that says something new', () => {
    const error = new Error('cannot read', { cause: new Error('cannot read', { cause: new Error('socket closed') }) });
    expect(describeError(error)).toBe('cannot read\n  because: socket closed');
  });
});
