import { soak } from '../../bench/soak-receiver-crash.ts';

// A sample of the soak, always the same; the whole run: npm run soak -- receiver-crash.
describe('receiver that is killed', () => {
  it('has lost nothing that it acknowledged, and has nothing twice', async () => {
    const figures = await soak.run(20261121, 4, (line) => console.log(line));
    expect(figures.inFlight).toBeGreaterThan(0);
    expect(figures.stored).toBe(figures.acknowledged);
  }, 300_000);
});
