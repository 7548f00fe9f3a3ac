import { describe, expect, it } from '@jest/globals';
import { FLOW_HEADER, flowLine } from '../../testing/flow-builders.ts';
import { flowFilesInOrder, followFolder } from './follow-folder.ts';
import type { FollowedFile } from './follow-state.ts';

const LINE = `${flowLine()}\n`;
const HEADER = `${FLOW_HEADER.join(',')}\n`;
const FIRST = `${HEADER}${LINE}${LINE}`;
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** A folder in memory: names to identities and contents. */
const createFolder = (files: Readonly<Record<string, readonly [id: string, content: string | Error]>>) => {
  const told: string[] = [];
  const fileOf = (path: string) => files[path.split('/').at(-1)!];
  return {
    told,
    deps: {
      clock: { sleep: async () => undefined },
      tell: (line: string) => void told.push(line),
      listFiles: async () => Object.keys(files).sort(),
      fileState: async (path: string) => {
        const file = fileOf(path);
        return file && { id: file[0], bytes: file[1] instanceof Error ? 1 : bytes(file[1]).length };
      },
      readFrom: async (path: string, from: number, most: number) => {
        const content = fileOf(path)![1];
        if (content instanceof Error) throw content;
        return bytes(content).subarray(from, from + most);
      },
    },
  };
};

const follow = async (
  folder: ReturnType<typeof createFolder>,
  files: readonly FollowedFile[] = [],
  onCommit: () => Promise<void> = async () => undefined,
) => {
  const flows: string[] = [];
  const problems: string[] = [];
  let state = files;
  await followFolder(
    folder.deps,
    { folder: 'live', intervalMs: 1, isOnce: true },
    { format: 1, outputBytes: 0, files: [...files] },
    {
      flow: ({ file, flow }) => void flows.push(`${file} ${flow.row}`),
      problem: (file, { line, reason }) => void problems.push(`${file}:${line}: ${reason}`),
      commit: async (next) => {
        await onCommit();
        state = next;
      },
    },
    new AbortController().signal,
  );
  return { flows, problems, state };
};

describe('flowFilesInOrder', () => {
  it('puts older files first: by name, then by rotation number backwards', () => {
    expect(flowFilesInOrder(['b.csv', 'a.csv', 'a.csv.2', 'a.csv.10', 'notes.txt', 'b.csv.gz', 'a.csv.1'])).toEqual([
      'a.csv.10',
      'a.csv.2',
      'a.csv.1',
      'a.csv',
      'b.csv',
    ]);
  });
});

describe('followFolder', () => {
  it('goes on where a renamed file was left, and begins the new one of its name', async () => {
    const before = await follow(createFolder({ 'a.csv': ['one', FIRST] }));
    expect(before.flows).toEqual(['a.csv 0', 'a.csv 1']);
    const after = await follow(createFolder({ 'a.csv': ['two', FIRST], 'a.csv.1': ['one', `${FIRST}${LINE}`] }), before.state);
    expect(after.flows).toEqual(['a.csv.1 2', 'a.csv 0', 'a.csv 1']);
  });

  it('waits for the end of the last line', async () => {
    const before = await follow(createFolder({ 'a.csv': ['one', `${FIRST}${LINE.slice(0, 40)}`] }));
    expect(before.flows).toHaveLength(2);
    const after = await follow(createFolder({ 'a.csv': ['one', `${FIRST}${LINE}`] }), before.state);
    expect(after.flows).toEqual(['a.csv 2']);
  });

  it('takes a line of many megabytes for one row that cannot be read, across a restart too', async () => {
    const long = 'x'.repeat(3_500_000);
    const cut = createFolder({ 'a.csv': ['one', `${FIRST}${long}`] });
    const before = await follow(cut);
    expect(before.problems).toEqual(['a.csv:4: longer than 65536 bytes']);
    const after = await follow(createFolder({ 'a.csv': ['one', `${FIRST}${long}${long}\n${LINE}`] }), before.state);
    expect(after.problems).toEqual([]);
    expect(after.flows).toEqual(['a.csv 3']);
    expect(after.state[0]).not.toHaveProperty('isInLongLine');
  });

  it('reads a file that became shorter again, and says so', async () => {
    const folder = createFolder({ 'a.csv': ['one', FIRST] });
    const { flows } = await follow(folder, [{ id: 'one', name: 'a.csv', offset: 1e6, rows: 9, header: [...FLOW_HEADER] }]);
    expect(flows).toHaveLength(2);
    expect(folder.told).toEqual(['a.csv became shorter: it is read again from its start']);
  });

  it('leaves out what is no flow file, tells what cannot be read now and what lacks columns, and reads the others', async () => {
    const few = `${HEADER.replace('Timestamp', 'When')}${LINE}`;
    const folder = createFolder({ 'a.csv': ['one', 'x,y\n'], 'b.csv': ['two', new Error('no right')], 'c.csv': ['three', few] });
    const { flows } = await follow(folder);
    expect(flows).toEqual(['c.csv 0']);
    expect(folder.told).toEqual([
      expect.stringMatching(/^a.csv is left out: line 1: this is no flow file/),
      expect.stringMatching(/^b.csv cannot be read now: /),
      expect.stringMatching(/^c.csv: there is no column Timestamp: /),
      // The last round found nothing new, and asked again.
      expect.stringMatching(/^b.csv cannot be read now: /),
    ]);
  });

  it('ends where flows cannot be written, and does not go on without them', async () => {
    const folder = createFolder({ 'a.csv': ['one', FIRST], 'b.csv': ['two', FIRST] });
    const full = async (): Promise<void> => {
      throw new Error('no space left');
    };
    await expect(follow(folder, [], full)).rejects.toThrow('no space left');
  });
});
