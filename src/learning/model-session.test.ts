import type { Clock } from '../platform/index.ts';
import { createModelSession, type ModelSession, type SessionThread } from './model-session.ts';
import type { ModelTensors, SessionReply, SessionRequest } from './session-protocol.ts';

/** A thread that answers when it is told to. */
const fakeThread = () => {
  const posted: SessionRequest[] = [];
  const transferred: (readonly ArrayBuffer[])[] = [];
  let onReply: (reply: SessionReply) => void = () => undefined;
  let end: (error: Error | undefined) => void = () => undefined;
  let isRunning = false;
  let isStopped = false;
  const endWhenDone = (): void => {
    if (isStopped && !isRunning) queueMicrotask(() => end(undefined));
  };
  const thread: SessionThread = {
    post: (request, transfer) => {
      posted.push(request);
      transferred.push(transfer);
      isRunning ||= request.kind === 'run';
      isStopped ||= request.kind === 'stop';
      endWhenDone();
    },
    listen: (hear, hearEnd) => {
      onReply = hear;
      end = hearEnd;
    },
  };
  const reply = (each: SessionReply): void => {
    isRunning = false;
    onReply(each);
    endWhenDone();
  };
  return { thread, posted, transferred, reply, end: (error?: Error) => end(error) };
};

/** Time that passes only when told. */
const fakeClock = () => {
  let nowMs = 0;
  const sleepers: { untilMs: number; wake: () => void }[] = [];
  const clock: Clock = {
    nowMs: () => nowMs,
    monotonicMs: () => nowMs,
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        sleepers.push({ untilMs: nowMs + ms, wake: resolve });
        signal?.addEventListener('abort', () => resolve());
      }),
  };
  const pass = async (ms: number): Promise<void> => {
    nowMs += ms;
    for (const { untilMs, wake } of sleepers) if (untilMs <= nowMs) wake();
    await settled();
  };
  return { clock, pass };
};

/** Lets every promise that can go on do so. */
const settled = async (): Promise<void> => {
  for (let i = 0; i < 20; i++) await Promise.resolve();
};

const LOADED: SessionReply = { kind: 'loaded', inputs: ['x'], outputs: ['y'] };
const result = (value: number): SessionReply => ({ kind: 'result', outputs: { y: { dims: [1], data: Float32Array.of(value) } }, runMs: 2 });
const input = (value: number): ModelTensors => ({ x: { dims: [1], data: Float32Array.of(value) } });

const open = async () => {
  const threads: ReturnType<typeof fakeThread>[] = [];
  const { clock, pass } = fakeClock();
  const spawn = (): SessionThread => {
    const fake = fakeThread();
    threads.push(fake);
    return fake.thread;
  };
  const opening = createModelSession({ clock, spawn }, { model: Uint8Array.of(1), threads: 1, maxQueue: 2, timeoutMs: 1000 });
  threads[0]!.reply(LOADED);
  const session: ModelSession = await opening;
  return { session, threads, pass, runs: () => threads.at(-1)!.posted.filter(({ kind }) => kind === 'run').length };
};

describe('createModelSession', () => {
  it('runs one after the other and gives each its own answer', async () => {
    const { session, threads, runs } = await open();
    const first = session.run(input(1));
    const second = session.run(input(2));
    expect(runs()).toBe(1);
    threads[0]!.reply(result(10));
    expect(runs()).toBe(2);
    threads[0]!.reply(result(20));
    expect((await first)['y']!.data[0]).toBe(10);
    expect((await second)['y']!.data[0]).toBe(20);
    expect(session.stats).toMatchObject({ runs: 2, lastRunMs: 2 });
  });

  it('hands over whole buffers and copies views', async () => {
    const { session, threads } = await open();
    const whole = Float32Array.of(1, 2);
    const view = new Float32Array(new ArrayBuffer(16), 0, 2);
    void session.run({ whole: { dims: [2], data: whole }, view: { dims: [2], data: view } });
    expect(threads[0]!.transferred.at(-1)).toEqual([whole.buffer]);
  });

  it('refuses more than the queue holds', async () => {
    const { session } = await open();
    for (let i = 0; i < 3; i++) void session.run(input(i)).catch(() => undefined);
    await expect(session.run(input(9))).rejects.toMatchObject({ code: 'overloaded' });
    expect(session.stats.overloads).toBe(1);
  });

  it('gives up at the deadline, never sends what expired while waiting, and throws a late answer away', async () => {
    const { session, threads, pass, runs } = await open();
    const slow = session.run(input(1));
    const waiting = session.run(input(2));
    const outcomes = Promise.allSettled([slow, waiting]);
    await pass(1000);
    expect((await outcomes).map((each) => each.status === 'rejected' && (each.reason as { code: string }).code)).toEqual([
      'timeout',
      'timeout',
    ]);
    const next = session.run(input(3));
    expect(runs()).toBe(1);
    threads[0]!.reply(result(10));
    expect(runs()).toBe(2);
    threads[0]!.reply(result(30));
    expect((await next)['y']!.data[0]).toBe(30);
    expect(session.stats).toMatchObject({ timeouts: 2 });
  });

  it('rejects the run that a broken thread took down, starts again and serves what waited', async () => {
    const { session, threads } = await open();
    const lost = session.run(input(1));
    const waiting = session.run(input(2));
    threads[0]!.end(new Error('out of memory'));
    await expect(lost).rejects.toMatchObject({ code: 'internal' });
    expect(threads).toHaveLength(2);
    threads[1]!.reply(LOADED);
    threads[1]!.reply(result(20));
    expect((await waiting)['y']!.data[0]).toBe(20);
    expect(session.stats).toMatchObject({ restarts: 1, failures: 1 });
  });

  it('waits ever longer when the thread keeps breaking', async () => {
    const { threads, pass } = await open();
    threads[0]!.end(new Error('one'));
    threads[1]!.end(new Error('two'));
    await pass(99);
    expect(threads).toHaveLength(2);
    await pass(1);
    expect(threads).toHaveLength(3);
    threads[2]!.reply({ kind: 'failed', message: 'no memory' });
    await settled();
    await pass(199);
    expect(threads).toHaveLength(3);
    await pass(1);
    expect(threads).toHaveLength(4);
  });

  it('passes on why the runtime refused inputs', async () => {
    const { session, threads } = await open();
    const run = session.run(input(1));
    threads[0]!.reply({ kind: 'failed', message: 'wrong rank' });
    await expect(run).rejects.toMatchObject({ code: 'invalid_input', message: expect.stringContaining('wrong rank') as string });
  });

  it('refuses a model that the runtime refuses, and leaves no thread behind', async () => {
    const fake = fakeThread();
    const opening = createModelSession(
      { clock: fakeClock().clock, spawn: () => fake.thread },
      { model: Uint8Array.of(1), threads: 1, maxQueue: 1, timeoutMs: 1 },
    );
    fake.reply({ kind: 'failed', message: 'not a protobuf' });
    await expect(opening).rejects.toMatchObject({ code: 'invalid_input', message: expect.stringContaining('not a protobuf') as string });
    expect(fake.posted.at(-1)).toEqual({ kind: 'stop' });
  });

  it('closes by message: what runs may end, what waits is refused, twice is once', async () => {
    const { session, threads } = await open();
    const running = session.run(input(1));
    const waiting = session.run(input(2));
    const closing = session.close();
    await expect(waiting).rejects.toMatchObject({ code: 'cancelled' });
    threads[0]!.reply(result(10));
    expect((await running)['y']!.data[0]).toBe(10);
    await closing;
    await session.close();
    expect(threads[0]!.posted.filter(({ kind }) => kind === 'stop')).toHaveLength(1);
    await expect(session.run(input(3))).rejects.toMatchObject({ code: 'cancelled' });
    expect(threads).toHaveLength(1);
  });
});
