import { defaultCatalog } from './default-catalog.ts';
import { FEATURE_PACK_NAMES, FEATURE_PACKS, featuresOfPacks } from './feature-packs.ts';
import { catalogFromConfig } from './user-catalog.ts';

describe('FEATURE_PACKS', () => {
  it('gives every feature a name that no preset and no other pack has', () => {
    const names = [...defaultCatalog().features, ...featuresOfPacks(FEATURE_PACK_NAMES)].map(({ name }) => name);
    expect(names).toHaveLength(new Set(names).size);
  });

  it('says of every feature and pack what it is', () => {
    for (const { about, features } of Object.values(FEATURE_PACKS)) {
      expect(about).toMatch(/\.$/);
      for (const { help } of features) expect(help).toMatch(/\.$/);
    }
  });
});

describe('featuresOfPacks', () => {
  it('adds to a catalogue, each pack once, and leaves it alone without packs', () => {
    const catalog = catalogFromConfig(featuresOfPacks(['events', 'events', 'falco']), defaultCatalog());
    const added = catalog.features.length - defaultCatalog().features.length;
    expect(added).toBe(4);
    expect(catalog.features.at(-1)).toMatchObject({ name: 'falco_matches_per_second', level: 'node' });
    expect(catalogFromConfig(featuresOfPacks([]), defaultCatalog()).version).toBe(defaultCatalog().version);
  });
});
