import { describe, expect, it } from '@jest/globals';
import { seededRandom } from '../../../src/platform/index.ts';
import { startReceiver, tokenOf, webhookAlert, webhookBody } from './receiver-fixture.ts';

const SEED = 7;
const PAYLOADS = 10_000;
const STATUSES = [204, 400, 413];

/** One change of a byte string, or of a value in the tree. */
const mutate = (text: string, random: () => number): Uint8Array => {
  const pick = (n: number): number => Math.floor(random() * n);
  if (random() < 0.5) {
    const tree = JSON.parse(text) as Record<string, unknown>;
    const values: readonly unknown[] = [null, -1, 1e308, '', [], {}, 'x'.repeat(5000), true, '\u0000', [[[[]]]], Number.MAX_SAFE_INTEGER];
    const alert = (tree.alerts as Record<string, unknown>[])[0]!;
    const target = random() < 0.4 ? tree : random() < 0.5 ? alert : (alert.labels as Record<string, unknown>);
    const keys = [...Object.keys(target), '__proto__', 'constructor', 'toString'];
    const key = keys[pick(keys.length)]!;
    if (random() < 0.2) delete target[key];
    else Object.defineProperty(target, key, { value: values[pick(values.length)], enumerable: true, configurable: true, writable: true });
    return Buffer.from(JSON.stringify(tree));
  }
  const bytes = Buffer.from(text);
  for (let i = pick(8); i >= 0; i--) bytes[pick(bytes.length)] = pick(256);
  return random() < 0.3 ? bytes.subarray(0, pick(bytes.length)) : bytes;
};

describe('10,000 mutated payloads', () => {
  it(`are taken or refused, and none harms the receiver (seed ${SEED})`, async () => {
    const random = seededRandom(SEED);
    const receiver = await startReceiver();
    const counts = new Map<number, number>();
    const text = JSON.stringify(webhookBody([webhookAlert({ workload: 'mutant' }), webhookAlert({ workload: 'mutant' })]));
    const post = async (raw: Uint8Array): Promise<void> => {
      const response = await fetch(`${receiver.api}/api/v1/alertmanager`, {
        method: 'POST',
        headers: { authorization: `Bearer ${tokenOf('sender')}`, 'content-type': 'application/json' },
        body: raw,
      });
      await response.arrayBuffer();
      counts.set(response.status, (counts.get(response.status) ?? 0) + 1);
    };
    for (let i = 0; i < PAYLOADS; i += 20) await Promise.all(Array.from({ length: 20 }, () => post(mutate(text, random))));
    expect([...counts.keys()].filter((status) => !STATUSES.includes(status))).toEqual([]);
    expect(counts.get(400)).toBeGreaterThan(PAYLOADS / 3);
    expect(counts.get(204)).toBeGreaterThan(PAYLOADS / 20);
    // It still works as before.
    const whole = await receiver.ask('/api/v1/alertmanager', { as: 'sender', body: webhookBody([webhookAlert({ workload: 'after' })]) });
    expect(whole.status).toBe(204);
    expect((await receiver.ask('/api/v1/alerts?workload=after', { as: 'viewer' })).json.alerts).toHaveLength(1);
    await receiver.stop();
  }, 240_000);
});
