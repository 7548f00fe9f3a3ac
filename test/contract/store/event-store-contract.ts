import fc from 'fast-check';
import { type Database, migrate } from '../../../src/platform/index.ts';
import { eventsAfter, findEvents, lastEventSequence, removeOldEvents, writeEvents } from '../../../src/receiver/store/event-store.ts';
import { RECEIVER_SCHEMA } from '../../../src/receiver/store/schema.ts';
import { isWanted, type RuntimeEvent } from '../../../src/runtime-events/index.ts';
import { makeRuntimeEvent } from '../../../src/testing/runtime-event-builders.ts';

const NOW_MS = 1_800_000_000_000;
const WIDE = { keepMs: 86_400_000, maxStored: 1_000_000, maxBytes: 2 ** 30 };
let made = 0;
const make = (parts: Partial<RuntimeEvent> = {}): RuntimeEvent => makeRuntimeEvent({ id: `event-id-${made++}`, ...parts });

/** What the store of events does, whichever database is below. */
export const describeEventStore = (
  name: string,
  open: () => Promise<{ readonly database: Database; readonly discard: () => Promise<void> }>,
): void => {
  describe(`events in ${name}`, () => {
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
    const write = (events: readonly RuntimeEvent[], nowMs = NOW_MS): Promise<readonly RuntimeEvent[]> =>
      database.transaction((tx) => writeEvents(tx, events, nowMs));

    it('keeps each event once, however often it comes, also within a batch', async () => {
      const [a, b] = [make(), make()];
      expect(await write([a, b, a])).toEqual([a, b]);
      expect(await write([b])).toEqual([]);
      expect((await findEvents(database, {}, { limit: 10 })).events.map(({ id }) => id)).toEqual([b.id, a.id]);
    });

    it('keeps none of a batch that fails', async () => {
      await expect(write([make(), { ...make(), node: undefined as unknown as string }])).rejects.toThrow();
      expect((await findEvents(database, {}, { limit: 10 })).events).toEqual([]);
    });

    it('orders by the time of the events, and pages without loss or repetition where they came in any order', async () => {
      const times = [5, 1, 4, 4, 4, 2, 3, 3, 1];
      await write(times.map((timeMs) => make({ timeMs })));
      const seen: number[] = [];
      for (let after: string | undefined; ; ) {
        const page = await findEvents(database, {}, { limit: 2, ...(after === undefined ? {} : { after }) });
        seen.push(...page.events.map(({ timeMs }) => timeMs));
        after = page.next;
        if (after === undefined) break;
      }
      expect(seen).toEqual([...times].sort((a, b) => b - a));
    });

    it('filters as the function for events in memory does', async () => {
      const word = fc.constantFrom('cart', 'CART', 'cart-1', 'cart%', 'shop', '');
      const event = fc.record({
        namespace: word,
        pod: word,
        workload: word,
        node: word,
        policy: word,
        timeMs: fc.integer({ min: 0, max: 5 }),
        type: fc.constantFrom('exec', 'exit', 'policy') as fc.Arbitrary<RuntimeEvent['type']>,
      });
      const events = fc.sample(event, { numRuns: 60, seed: 7 }).map((parts) => make(parts));
      await write(events);
      const filter = fc.record(
        {
          namespace: word,
          workload: word,
          pod: word,
          policy: word,
          type: fc.constantFrom('exec', 'exit'),
          fromMs: fc.integer({ min: 0, max: 5 }),
          toMs: fc.integer({ min: 0, max: 5 }),
        },
        { requiredKeys: [] },
      );
      await fc.assert(
        fc.asyncProperty(filter, async (wanted) => {
          const found = await findEvents(database, wanted, { limit: 100 });
          expect(found.events.map(({ id }) => id).sort()).toEqual(
            events
              .filter((one) => isWanted(one, wanted))
              .map(({ id }) => id)
              .sort(),
          );
        }),
        { numRuns: 60 },
      );
    });

    it('gives what arrived after a place, and its places never go back, also where all was removed', async () => {
      await write([make(), make({ namespace: 'other' }), make()]);
      const last = await lastEventSequence(database);
      expect((await eventsAfter(database, { namespace: 'shop' }, last - 3, 10)).map(({ sequence }) => sequence)).toEqual([last - 2, last]);
      await removeOldEvents(database, { ...WIDE, keepMs: 0 }, NOW_MS + 1);
      await write([make()]);
      expect((await eventsAfter(database, {}, last, 10)).map(({ sequence }) => sequence)).toEqual([last + 1]);
    });

    it('removes what is too old by arrival, and the first ones of what is too much', async () => {
      await write(
        Array.from({ length: 300 }, () => make()),
        NOW_MS - 86_400_001,
      );
      await write(Array.from({ length: 50 }, () => make()));
      expect(await removeOldEvents(database, { ...WIDE, maxStored: 20 }, NOW_MS)).toMatchObject({ age: 300, number: 30 });
      expect((await findEvents(database, {}, { limit: 100 })).events).toHaveLength(20);
    });
  });
};
