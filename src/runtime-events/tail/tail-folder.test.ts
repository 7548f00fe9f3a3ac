import { createTail, type Tail } from './tail-folder.ts';
import { NOTHING_READ, type TailState } from './tail-state.ts';

interface Held {
  id: string;
  text: string;
}

/** A folder in memory: files by name, as a file system would show them. */
const folderOf = (files: Map<string, Held>) => {
  const told: string[] = [];
  return {
    told,
    deps: {
      listFiles: async () => [...files.keys()].sort(),
      fileState: async (path: string) => {
        const file = files.get(path.split('/').at(-1) ?? '');
        return file && { id: file.id, bytes: Buffer.byteLength(file.text) };
      },
      readFrom: async (path: string, from: number, most: number) =>
        new Uint8Array(Buffer.from(files.get(path.split('/').at(-1) ?? '')?.text ?? '').subarray(from, from + most)),
      tell: (text: string) => void told.push(text),
    },
  };
};
const OPTIONS = { folder: '/export', file: 'tetragon.log', maxLineBytes: 1000 };

/** Everything that can be read now. */
const drain = async (
  tail: Tail,
): Promise<{ readonly lines: string[]; readonly tooLong: number; readonly state: TailState | undefined }> => {
  const lines: string[] = [];
  let tooLong = 0;
  let state: TailState | undefined;
  for (let batch = await tail.read(); batch; batch = await tail.read()) {
    lines.push(...batch.lines.map((line) => Buffer.from(line).toString()));
    tooLong += batch.tooLong;
    state = batch.state;
    tail.done(batch.state);
  }
  return { lines, tooLong, state };
};
const long = (text: string): string => text.padEnd(80, '.');

describe('createTail', () => {
  it('gives whole lines, and waits for the end of the last', async () => {
    const files = new Map([['tetragon.log', { id: 'a', text: 'one\ntwo\nthr' }]]);
    const tail = createTail(folderOf(files).deps, OPTIONS, NOTHING_READ);
    expect((await drain(tail)).lines).toEqual(['one', 'two']);
    files.get('tetragon.log')!.text += 'ee\n';
    expect((await drain(tail)).lines).toEqual(['three']);
  });

  it('gives the same lines again until they are safe', async () => {
    const files = new Map([['tetragon.log', { id: 'a', text: 'one\n' }]]);
    const { deps } = folderOf(files);
    const tail = createTail(deps, OPTIONS, NOTHING_READ);
    const first = await tail.read();
    expect(await tail.read()).toEqual(first);
    const next = createTail(deps, OPTIONS, first!.state);
    expect((await drain(next)).lines).toEqual([]);
  });

  it.each([
    ['lumberjack', 'tetragon-2026-05-11T12-54-45.615.log'],
    ['logrotate', 'tetragon.log.1'],
  ])('reads a file to its end after %s renamed it, and then the new one', async (_, renamed) => {
    const files = new Map([['tetragon.log', { id: 'a', text: 'one\n' }]]);
    const tail = createTail(folderOf(files).deps, OPTIONS, NOTHING_READ);
    await drain(tail);
    files.set(renamed, { id: 'a', text: 'one\ntwo\n' });
    files.set('tetragon.log', { id: 'b', text: 'three\n' });
    expect((await drain(tail)).lines).toEqual(['two', 'three']);
  });

  it('reads rotated files from the oldest, and leaves files of others and compressed ones alone', async () => {
    const files = new Map(
      ['tetragon.log', 'tetragon.log.1', 'tetragon.log.2', 'tetragon.log.10', 'tetragon.log.1.gz', 'other.log', 'tetragon-1.log.gz'].map(
        (name) => [name, { id: name, text: `${name}\n` }],
      ),
    );
    expect((await drain(createTail(folderOf(files).deps, OPTIONS, NOTHING_READ))).lines).toEqual([
      'tetragon.log.10',
      'tetragon.log.2',
      'tetragon.log.1',
      'tetragon.log',
    ]);
  });

  it('begins anew where a file became shorter, or begins with something else', async () => {
    const files = new Map([['tetragon.log', { id: 'a', text: `${long('one')}\n${long('two')}\n` }]]);
    const { deps, told } = folderOf(files);
    const tail = createTail(deps, OPTIONS, NOTHING_READ);
    await drain(tail);
    files.get('tetragon.log')!.text = 'short\n';
    expect((await drain(tail)).lines).toEqual(['short']);
    files.get('tetragon.log')!.text = `${long('three')}\n${long('four')}\n`;
    await drain(tail);
    files.get('tetragon.log')!.text = `${long('five')}\n${long('six')}\n${long('seven')}\n`;
    expect((await drain(tail)).lines).toEqual(['five', 'six', 'seven'].map(long));
    expect(told).toEqual([
      '/export/tetragon.log became shorter: it is read again from its start',
      '/export/tetragon.log begins with something else: it is read again from its start',
    ]);
  });

  it('passes over a line that is too long, also one that comes in many pieces, and keeps the others', async () => {
    const file = { id: 'a', text: `before\n${'x'.repeat(700_000)}` };
    const tail = createTail(folderOf(new Map([['tetragon.log', file]])).deps, OPTIONS, NOTHING_READ);
    expect(await drain(tail)).toMatchObject({ lines: ['before'], tooLong: 1 });
    file.text += `${'x'.repeat(700_000)}\nafter\n${'y'.repeat(1001)}\n${'z'.repeat(1000)}\n`;
    expect(await drain(tail)).toMatchObject({ lines: ['after', 'z'.repeat(1000)], tooLong: 1 });
  });

  it('goes on with the other files where one cannot be read, and says so once', async () => {
    const files = new Map([
      ['tetragon.log.1', { id: 'a', text: 'one\n' }],
      ['tetragon.log', { id: 'b', text: 'two\n' }],
    ]);
    const { deps, told } = folderOf(files);
    const tail = createTail(
      {
        ...deps,
        readFrom: (path, from, most) => (path.endsWith('.1') ? Promise.reject(new Error('broken disk')) : deps.readFrom(path, from, most)),
      },
      OPTIONS,
      NOTHING_READ,
    );
    expect((await drain(tail)).lines).toEqual(['two']);
    expect(told).toEqual(['/export/tetragon.log.1 cannot be read: broken disk']);
  });

  it('says how much is waiting, and forgets files that are gone', async () => {
    const files = new Map([['tetragon.log', { id: 'a', text: 'one\n' }]]);
    const tail = createTail(folderOf(files).deps, OPTIONS, NOTHING_READ);
    expect(await tail.lag()).toBe(4);
    await drain(tail);
    files.set('tetragon.log', { id: 'b', text: 'two\n' });
    expect((await drain(tail)).state?.files.map(({ id }) => id)).toEqual(['b']);
    expect(await tail.lag()).toBe(0);
  });
});
