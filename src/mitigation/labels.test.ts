import { describe, expect, it } from '@jest/globals';
import { createFakeBackEnd, FAKE_ROUTE_KIND } from '../testing/fake-back-end.ts';
import { isOwned, type MitigationIntent, ownedMetadata, ownedName } from './index.ts';

const INTENT: MitigationIntent = {
  mitigation: 'm-cart',
  target: { kind: 'FakeRoute', namespace: 'shop', name: 'cart' },
  action: 'rateLimit',
  mode: 'enforce',
  perClient: true,
  requestsPerSecond: 10,
  burst: 50,
  rejectCode: 429,
  allowedClients: [],
  expiresAtMs: 1_700_000_000_000,
  reason: 'flood',
};

describe('ownedName', () => {
  it('stays within 63 characters and differs where long names differ', () => {
    const [a, b] = ['x', 'y'].map((end) => ownedName(`${'m'.repeat(80)}${end}`));
    expect(a!.length).toBeLessThanOrEqual(63);
    expect(a).not.toBe(b);
    expect(ownedName('m-cart', 'deny')).toBe('bellwether-mit-m-cart-deny');
  });
});

describe('isOwned', () => {
  it('needs prefix, label and mitigation', () => {
    const metadata = ownedMetadata(INTENT, 'fake-object', 'shop');
    expect(isOwned({ metadata }, 'm-cart')).toBe(true);
    expect(isOwned({ metadata }, 'm-other')).toBe(false);
    expect(isOwned({ metadata: { ...metadata, name: 'cart' } })).toBe(false);
    expect(isOwned({ metadata: { ...metadata, labels: {} } })).toBe(false);
  });
});

describe('ownedMetadata', () => {
  it('carries its end on the object itself', () => {
    expect(ownedMetadata(INTENT, 'fake-object', 'shop').annotations).toMatchObject({
      'bellwether.dev/mitigation-expires-at': '2023-11-14T22:13:20Z',
    });
  });
});

describe('createFakeBackEnd', () => {
  it('refuses a route that is not there', () => {
    const view = { has: () => true, list: () => [], find: () => undefined };
    expect(createFakeBackEnd().plan(INTENT, view)).toMatchObject({ state: 'refused' });
    const route = { ...FAKE_ROUTE_KIND, metadata: { name: 'cart', namespace: 'shop' } };
    expect(createFakeBackEnd().plan(INTENT, { ...view, find: () => route })).toMatchObject({ state: 'planned' });
  });
});
