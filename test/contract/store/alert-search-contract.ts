import fc from 'fast-check';
import { type Database, migrate } from '../../../src/platform/index.ts';
import { findAlerts } from '../../../src/receiver/store/alert-query.ts';
import { writeAlert } from '../../../src/receiver/store/alert-store.ts';
import { RECEIVER_SCHEMA } from '../../../src/receiver/store/schema.ts';

const NOW_MS = 1_800_000_000_000;
let made = 0;

interface Told {
  readonly startsMs?: number;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** How alerts are found by words, whichever database is below. */
export const describeAlertSearch = (
  name: string,
  open: () => Promise<{ readonly database: Database; readonly discard: () => Promise<void> }>,
): void => {
  describe(`search for alerts in ${name}`, () => {
    let database: Database;
    let discard: () => Promise<void>;
    beforeEach(async () => {
      ({ database, discard } = await open());
      await migrate(database, RECEIVER_SCHEMA, NOW_MS);
    });
    afterEach(async () => {
      await database.close();
      await discard();
    });

    const write = (alerts: readonly Told[]): Promise<readonly string[]> =>
      database.transaction(async (tx) => {
        const ids: string[] = [];
        for (const { startsMs = NOW_MS, labels = {}, annotations = {} } of alerts) {
          const fingerprint = (++made).toString(16).padStart(16, '0');
          const alert = { fingerprint, status: 'firing', labels, annotations, startsMs, endsMs: undefined, generatorUrl: '' } as const;
          ids.push((await writeAlert(tx, alert, { receiver: '', externalUrl: '' }, NOW_MS)).id);
        }
        return ids;
      });
    const pages = async (text: string, { limit = 100, searched = 20_000 } = {}): Promise<readonly (readonly string[])[]> => {
      const found: string[][] = [];
      for (let after: string | undefined; ; ) {
        const page = await findAlerts(database, { text }, { limit, ...(after === undefined ? {} : { after }) }, searched);
        found.push(page.alerts.map(({ id }) => id));
        after = page.next;
        if (after === undefined) return found;
      }
    };
    const search = async (text: string, options = {}): Promise<readonly string[]> => (await pages(text, options)).flat();

    it('finds all words, anywhere in the values of labels and annotations, in any case', async () => {
      const [a, b] = await write([
        { labels: { team: 'Ledger' }, annotations: { summary: 'disk /var is FULL' } },
        { annotations: { summary: 'Disk of the ledger' } },
        { labels: { disk: 'x', ledger: 'y' } },
      ]);
      expect(await search('DISK')).toEqual([b, a]);
      expect(await search('ledger full')).toEqual([a]);
      expect(await search('edge isk')).toEqual([b, a]);
      expect(await search('summary')).toEqual([]);
      expect(await search('nothing')).toEqual([]);
    });

    it('takes marks of patterns and of JSON for what they are, and finds letters beyond ASCII', async () => {
      const texts = ['100% full', 'a_b', String.raw`C:\temp`, 'say "no"', "it's", 'Größe ÄÖ', 'naïve 火'];
      const ids = await write(texts.map((summary) => ({ annotations: { summary } })));
      for (const [i, text] of ['100%', 'a_b', String.raw`c:\t`, '"no"', "it's", 'größe äö', '火'].entries())
        expect([text, await search(text)]).toEqual([text, [ids[i]]]);
      for (const text of ['1%l', 'aXb', '%', '_'].slice(0, 2)) expect(await search(text)).toEqual([]);
      expect(await search('%')).toEqual([ids[0]]);
      expect(await search('_')).toEqual([ids[1]]);
    });

    it('looks at so many for one page, and goes on where it was', async () => {
      const ids = await write(
        Array.from({ length: 25 }, (_, i) => ({ startsMs: NOW_MS + Math.floor(i / 3), annotations: { summary: `n${i}-` } })),
      );
      const found = await pages('n2-', { searched: 10 });
      expect(found).toEqual([[], [], [ids[2]]]);
      // The name of an annotation stands in every row, but is not meant.
      expect(await pages('summary', { searched: 10, limit: 2 })).toEqual([[], [], []]);
    });

    it('finds what a look at each alert finds, in the order of the list, however it is paged', async () => {
      const word = fc.constantFrom('disk', 'Full', 'a%', 'b_', '"q"', String.raw`\x`, 'ä', 'cart-7');
      const text = fc.array(word, { maxLength: 3 }).map((words) => words.join(' '));
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.record({ startsMs: fc.integer({ min: 1, max: 3 }), summary: text, team: text }), { minLength: 1, maxLength: 12 }),
          fc.array(word, { minLength: 1, maxLength: 2 }),
          fc.integer({ min: 1, max: 4 }),
          fc.integer({ min: 1, max: 15 }),
          async (told, words, limit, searched) => {
            await database.run('DELETE FROM alerts');
            await write(told.map(({ startsMs, summary, team }) => ({ startsMs, labels: { team }, annotations: { summary } })));
            const all = (await findAlerts(database, {}, { limit: 100 })).alerts;
            const expected = all.filter(({ labels, annotations }) =>
              words.every((one) => [labels.team, annotations.summary].some((value) => value?.toLowerCase().includes(one.toLowerCase()))),
            );
            expect(await search(words.join(' '), { limit, searched })).toEqual(expected.map(({ id }) => id));
          },
        ),
        { numRuns: 40 },
      );
    });
  });
};
