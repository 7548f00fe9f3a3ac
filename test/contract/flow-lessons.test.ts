import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readLessons, SIZE_COLUMNS, writeLessons } from '../../src/flows/index.ts';

const path = (): string => join(mkdtempSync(join(tmpdir(), 'lessons-')), 'lessons.json');
const lesson = (id: string, family: string) => ({
  id,
  family,
  points: Float64Array.from({ length: 2 * SIZE_COLUMNS.length }, (_, i) => i / 7),
});

describe('readLessons', () => {
  it('reads what was written, exactly; nothing where there is no file', async () => {
    const file = path();
    expect(await readLessons(file)).toEqual([]);
    const lessons = [lesson('a', 'scan'), lesson('b', '')];
    await writeLessons(file, lessons);
    expect(await readLessons(file)).toEqual(lessons);
  });

  it.each([
    ['cut off', (text: string) => text.slice(0, 40), /is not JSON; remove it to begin without lessons/],
    ['of another kind', () => '{"format":2,"lessons":[]}', /is wrong/],
    ['with half a flow', (text: string) => text.replace(/\[[0-9.,]+?,/, '['), /has half a flow in it/],
  ])('refuses a file %s', async (_, change, message) => {
    const file = path();
    await writeLessons(file, [lesson('a', 'scan')]);
    writeFileSync(file, change(readFileSync(file, 'utf8')));
    await expect(readLessons(file)).rejects.toThrow(message);
  });
});
