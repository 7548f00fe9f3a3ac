import { openDirectSession } from '../../testing/direct-session.ts';
import { defaultEncoder } from './default-encoder.ts';
import { openDefaultEncoder, openEncoder } from './open-encoder.ts';
import { ENCODER } from './window-encoder.ts';

describe('defaultEncoder', () => {
  it('is small, and says what it was made of', () => {
    const { model, manifest } = defaultEncoder();
    expect(model.length).toBeLessThanOrEqual(200 * 1024);
    expect(manifest).toMatchObject({ id: ENCODER.id, bytes: model.length, training: { licence: 'Apache-2.0, simulated' } });
  });

  it('sets a spike further apart from calm windows than these from each other', async () => {
    const encoder = await openDefaultEncoder(openDirectSession);
    const size = ENCODER.channels * ENCODER.windowLength;
    const windows = new Float32Array(3 * size).map((_, i) => Math.sin(i * i) / 5);
    windows[3 * size - 1] = 3;
    windows[2 * size + ENCODER.windowLength - 1] = 3;
    const out = await encoder.embed(3, windows);
    const distance = (a: number, b: number): number =>
      Math.hypot(...Array.from({ length: ENCODER.width }, (_, k) => out[a * ENCODER.width + k]! - out[b * ENCODER.width + k]!));
    expect(distance(0, 2)).toBeGreaterThan(2 * distance(0, 1));
    await encoder.close();
  });
});

describe('openEncoder', () => {
  it.each([
    ['a byte that was changed', (model: Uint8Array) => model.with(100, model[100]! ^ 1), 'has hash'],
    ['a file that was cut off', (model: Uint8Array) => model.subarray(0, model.length - 1), 'was cut off'],
  ])('refuses %s without loading it', async (_, damage, reason) => {
    const built = defaultEncoder();
    let opened = 0;
    const open = async (model: Uint8Array) => {
      opened++;
      return openDirectSession(model);
    };
    await expect(openEncoder(open, { ...built, model: damage(built.model) })).rejects.toThrow(reason);
    expect(opened).toBe(0);
  });

  it('refuses an encoder whose answers are all the same, and closes its session', async () => {
    let closed = 0;
    const run = async () => ({ embedding: { dims: [3, ENCODER.width], data: new Float32Array(3 * ENCODER.width) } });
    const open = async () => ({ run, close: async () => void closed++ });
    await expect(openEncoder(open, defaultEncoder())).rejects.toThrow('the same answer for a spike');
    expect(closed).toBe(1);
  });
});
