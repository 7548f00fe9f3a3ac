import { BellwetherError } from '../../platform/index.ts';
import { ENCODER, type WindowEncoder } from './window-encoder.ts';

/** A calm window, a spike and a ramp. */
const ROWS = 3;

const trialWindows = (): Float32Array => {
  const size = ENCODER.channels * ENCODER.windowLength;
  const windows = new Float32Array(ROWS * size);
  windows[size + ENCODER.windowLength - 1] = 3;
  for (let t = 0; t < ENCODER.windowLength; t++) windows[2 * size + t] = t / ENCODER.windowLength;
  return windows;
};

/** Throws `conflict` for an encoder whose answers are no numbers, or the same for everything: it would silence the detector without a word. */
export const tryOut = async (encoder: WindowEncoder): Promise<void> => {
  const embeddings = await encoder.embed(ROWS, trialWindows());
  if (embeddings.length !== ROWS * ENCODER.width || !embeddings.every(Number.isFinite))
    throw new BellwetherError('conflict', `model ${encoder.version} gives answers that are no numbers`);
  const [calm, spike] = [embeddings.subarray(0, ENCODER.width), embeddings.subarray(ENCODER.width, 2 * ENCODER.width)];
  if (calm.every((x, i) => x === spike[i]))
    throw new BellwetherError('conflict', `model ${encoder.version} gives the same answer for a spike as for none`);
};
