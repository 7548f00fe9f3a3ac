import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import {
  type Clock,
  listFiles,
  openReadStream,
  openWriteStream,
  readFile,
  readFileIfPresent,
  watchFile,
  withFolderLock,
  writeFileAtomic,
} from '../../src/platform/index.ts';

const text = (bytes: Uint8Array | undefined): string => new TextDecoder().decode(bytes);
const bytes = (value: string): Uint8Array => new TextEncoder().encode(value);
const LIMIT = { maxBytes: 1000 };

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'bellwether-files-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

describe('withFolderLock', () => {
  it('makes the folder, lets one work at a time, and is free again also after a failure', async () => {
    const folder = join(dir, 'models');
    let second: string | undefined;
    const first = await withFolderLock(folder, async () => {
      second = await withFolderLock(folder, async () => 'too early');
      return 'first';
    });
    expect([first, second]).toEqual(['first', 'locked']);
    await expect(withFolderLock(folder, () => Promise.reject(new Error('broke')))).rejects.toThrow('broke');
    expect(await withFolderLock(folder, async () => 'third')).toBe('third');
    expect(await readdir(folder)).toEqual([]);
  });
});

describe('writeFileAtomic', () => {
  it('makes folders, writes all chunks and leaves nothing else behind', async () => {
    const path = join(dir, 'a', 'b', 'state.bin');
    await writeFileAtomic(path, [bytes('one '), bytes('two')]);
    expect(text(await readFile(path, LIMIT))).toBe('one two');
    expect(await readdir(join(dir, 'a', 'b'))).toEqual(['state.bin']);
  });

  it('keeps the old file and passes the error on when a chunk fails', async () => {
    const path = join(dir, 'state.bin');
    await writeFileAtomic(path, [bytes('old')]);
    const failing = async function* () {
      yield bytes('half');
      throw new Error('encoder broke');
    };
    await expect(writeFileAtomic(path, failing())).rejects.toThrow('encoder broke');
    expect(text(await readFile(path, LIMIT))).toBe('old');
    expect(await readdir(dir)).toEqual(['state.bin']);
  });

  it('lets the last of two writes at the same time win, whole', async () => {
    const path = join(dir, 'state.bin');
    await Promise.all(['a'.repeat(500), 'b'.repeat(500)].map((value) => writeFileAtomic(path, [bytes(value)])));
    expect(text(await readFile(path, LIMIT))).toMatch(/^(a{500}|b{500})$/);
    expect(await readdir(dir)).toEqual(['state.bin']);
  });

  it('removes what a killed process left behind', async () => {
    await writeFile(join(dir, `.state.bin.${process.pid}.99.tmp`), 'half');
    await writeFileAtomic(join(dir, 'state.bin'), [bytes('new')]);
    expect(await readdir(dir)).toEqual(['state.bin']);
  });
});

describe('readFile', () => {
  it('refuses more bytes than allowed', async () => {
    await writeFile(join(dir, 'big'), 'x'.repeat(1001));
    await expect(readFile(join(dir, 'big'), LIMIT)).rejects.toMatchObject({ code: 'too_large' });
  });

  it.each([
    { name: 'an absent file', path: 'absent', code: 'not_found' },
    { name: 'a folder', path: '.', code: 'invalid_input' },
  ])('names $name', async ({ path, code }) => {
    await expect(readFile(join(dir, path), LIMIT)).rejects.toMatchObject({ code });
  });
});

describe('readFileIfPresent', () => {
  it('is undefined for an absent file only', async () => {
    expect(await readFileIfPresent(join(dir, 'absent'), LIMIT)).toBeUndefined();
    await expect(readFileIfPresent(dir, LIMIT)).rejects.toMatchObject({ code: 'invalid_input' });
  });
});

describe('listFiles', () => {
  it('sorts names and takes an absent folder for an empty one', async () => {
    await Promise.all(['b', 'a'].map((name) => writeFile(join(dir, name), '')));
    expect(await listFiles(dir)).toEqual(['a', 'b']);
    expect(await listFiles(join(dir, 'absent'))).toEqual([]);
  });
});

const collect = async (path: string): Promise<string> => {
  const chunks: Buffer[] = [];
  for await (const chunk of openReadStream(path)) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
};
const writeAll = async (path: string, value: string, append = false): Promise<void> => {
  const stream = await openWriteStream(path, { append });
  await new Promise<void>((resolve, reject) => {
    stream.on('error', reject);
    stream.end(value, () => resolve());
  });
};

describe('openWriteStream and openReadStream', () => {
  it.each(['plain.txt', 'packed.txt.gz'])('give back what was written to %s, also when added to', async (name) => {
    const path = join(dir, 'out', name);
    await writeAll(path, 'first\n');
    await writeAll(path, 'second\n', true);
    expect(await collect(path)).toBe('first\nsecond\n');
  });

  it('has the compressed file complete on disk at finish', async () => {
    const path = join(dir, 'packed.gz');
    await writeAll(path, 'x'.repeat(100_000));
    expect(gunzipSync(await readFile(path, LIMIT)).length).toBe(100_000);
  });

  it.each([
    { name: 'a cut gzip file', content: Buffer.from([0x1f, 0x8b, 8, 0]), path: 'cut.gz' },
    { name: 'an absent gzip file', content: undefined, path: 'absent.gz' },
  ])('fails on $name', async ({ content, path }) => {
    if (content) await writeFile(join(dir, path), content);
    await expect(collect(join(dir, path))).rejects.toThrow();
  });
});

/** A clock whose sleeps end when the test says so. */
const createStepClock = () => {
  let wake: (() => void)[] = [];
  const clock: Clock = {
    nowMs: () => 0,
    monotonicMs: () => 0,
    sleep: (_, signal) =>
      new Promise((resolve) => {
        wake.push(resolve);
        signal?.addEventListener('abort', () => resolve());
      }),
  };
  const asleep = async (): Promise<void> => {
    while (wake.length === 0) await new Promise(setImmediate);
  };
  const step = async (): Promise<void> => {
    await asleep();
    const due = wake;
    wake = [];
    for (const go of due) go();
    await asleep();
  };
  return { clock, asleep, step };
};

describe('watchFile', () => {
  it('tells of a changed, a replaced and a removed file once each', async () => {
    const path = join(dir, 'config.yaml');
    await writeFile(path, 'a: 1');
    const { clock, asleep, step } = createStepClock();
    let changes = 0;
    const watch = watchFile(path, () => changes++, { clock, intervalMs: 1000 });
    await asleep();
    const changesAfter = async (act: () => Promise<unknown>): Promise<number> => {
      await act();
      await step();
      await step();
      return changes;
    };
    expect(await changesAfter(async () => undefined)).toBe(0);
    expect(await changesAfter(() => writeFile(path, 'a: 22'))).toBe(1);
    expect(await changesAfter(() => writeFileAtomic(path, [bytes('a: 33')]))).toBe(2);
    expect(await changesAfter(() => rm(path))).toBe(3);
    watch.close();
    await expect(stat(path)).rejects.toThrow();
  });
});
