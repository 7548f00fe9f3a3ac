import { cutEverywhere, soak } from '../../bench/soak-decoder-fuzz.ts';

// A sample of the soak, always the same; the whole run: npm run soak -- decoder-fuzz.
describe('createPrometheusSource', () => {
  it('reads good answers the same wherever they are cut', async () => {
    expect(await cutEverywhere(7, 3)).toBeGreaterThan(1000);
  });

  it('refuses or accepts mutated answers as a whole', async () => {
    const { accepted, rejected } = await soak.run(7, 15_000);
    // Both happen, or the mutations would not reach the decoders.
    expect(accepted).toBeGreaterThan(500);
    expect(rejected).toBeGreaterThan(5_000);
  });
});
