import { EventEmitter } from 'node:events';
import { jest } from '@jest/globals';
import { createUploadPool, type UploadThread } from './upload-pool.ts';
import type { Upload } from './upload-protocol.ts';

const UPLOAD: Upload = { as: 'json', body: new Uint8Array([1]), type: '', file: 'a.yaml' };

/** Threads that answer when the test says so, and a time limit that passes when it says so. */
const fixture = (threads: number) => {
  const started: (EventEmitter & UploadThread & { readonly asked: Upload[] })[] = [];
  const limits: (() => void)[] = [];
  const startThread = () => {
    const asked: Upload[] = [];
    const thread = Object.assign(new EventEmitter(), {
      asked,
      postMessage: (upload: Upload) => void asked.push(upload),
      terminate: jest.fn(async () => 0),
    });
    started.push(thread);
    return thread;
  };
  const sleep = (_ms: number) => new Promise<void>((resolve) => void limits.push(resolve));
  return { pool: createUploadPool({ clock: { sleep }, startThread }, { threads, timeLimitMs: 1000 }), started, limits };
};

describe('createUploadPool', () => {
  it('judges one upload per thread at a time', async () => {
    const { pool, started } = fixture(1);
    const answers = [pool.judge(UPLOAD), pool.judge(UPLOAD)];
    expect(started.map(({ asked }) => asked.length)).toEqual([1]);
    started[0]?.emit('message', { text: 'first' });
    expect(started[0]?.asked).toHaveLength(2);
    started[0]?.emit('message', { failure: { code: 'invalid_input', message: 'no' } });
    expect(await answers[0]).toBe('first');
    await expect(answers[1]).rejects.toMatchObject({ code: 'invalid_input' });
  });

  it('ends a thread that takes too long, and goes on with another', async () => {
    const { pool, started, limits } = fixture(1);
    const [slow, late] = [pool.judge(UPLOAD), pool.judge(UPLOAD)];
    limits[0]?.();
    await expect(slow).rejects.toMatchObject({ code: 'timeout' });
    expect(started[0]?.terminate).toHaveBeenCalled();
    started[0]?.emit('exit');
    started[1]?.emit('message', { text: 'late' });
    expect(await late).toBe('late');
  });

  it('refuses who waited for all the time that there is', async () => {
    const { pool, limits } = fixture(1);
    const running = pool.judge(UPLOAD);
    running.catch(() => undefined);
    const waiting = pool.judge(UPLOAD);
    limits[1]?.();
    await expect(waiting).rejects.toMatchObject({ code: 'overloaded' });
  });

  it('says that an upload took too much memory, and goes on', async () => {
    const { pool, started } = fixture(1);
    const greedy = pool.judge(UPLOAD);
    started[0]?.emit('error', Object.assign(new Error('heap'), { code: 'ERR_WORKER_OUT_OF_MEMORY' }));
    await expect(greedy).rejects.toMatchObject({ code: 'too_large' });
    const next = pool.judge(UPLOAD);
    started[1]?.emit('message', { text: 'next' });
    expect(await next).toBe('next');
  });
});
