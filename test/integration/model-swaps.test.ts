import { swapModels } from '../../bench/soak-model-swaps/swap-models.ts';

/** A sample of the soak `model-swaps`; thirty swaps cannot show a slope, only that nothing is lost and nothing runs away. */
describe('swapping models', () => {
  it('puts each model to work while windows are embedded', async () => {
    const { accepted, refused, failures, rssMb } = await swapModels({ seed: 3, swaps: 30 });
    expect({ accepted, refused, failures }).toEqual({ accepted: 30, refused: 0, failures: 0 });
    expect(rssMb).toBeLessThan(2000);
  }, 120_000);
});
