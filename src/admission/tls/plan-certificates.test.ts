import { createAuthority, issueCertificate } from '../../platform/index.ts';
import { liveAuthorities, planCertificates, type StoredCertificates } from './plan-certificates.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const T0 = Date.parse('2026-06-01T00:00:00Z');
const OPTIONS = {
  dnsNames: ['a.svc'],
  ipAddresses: [],
  renewBeforeMs: 15 * DAY,
  authorityRenewBeforeMs: 30 * DAY,
  overlapMs: 10 * 60_000,
};

const authorityAt = (fromMs: number) => createAuthority('test', { fromMs, tillMs: fromMs + 365 * DAY });
const stored = async (
  fromMs: number,
  { signer, names = ['a.svc'] }: { signer?: { certificate: string; key: string }; names?: readonly string[] } = {},
): Promise<StoredCertificates> => {
  const authority = await authorityAt(fromMs);
  const leaf = await issueCertificate(signer ?? authority, { commonName: 'a.svc', dnsNames: names, fromMs, tillMs: fromMs + 90 * DAY });
  return { authorities: authority.certificate, authorityKey: authority.key, leaf };
};

describe('planCertificates', () => {
  it('makes both where there is nothing, and nothing where all is well', async () => {
    const nothing = { authorities: '', authorityKey: '', leaf: { certificate: '', key: '' } };
    expect(planCertificates(nothing, T0, OPTIONS)).toMatchObject({ newAuthority: true, newLeaf: true });
    expect(planCertificates(await stored(T0), T0 + DAY, OPTIONS)).toMatchObject({ newAuthority: false, newLeaf: false });
  });

  it('renews the certificate ahead of its end, and at once where it has ended or is broken', async () => {
    const good = await stored(T0);
    expect(planCertificates(good, T0 + 74 * DAY, OPTIONS).newLeaf).toBe(false);
    expect(planCertificates(good, T0 + 76 * DAY, OPTIONS)).toMatchObject({
      newAuthority: false,
      newLeaf: true,
      reason: 'the certificate ends soon',
    });
    expect(planCertificates(good, T0 + 91 * DAY, OPTIONS).reason).toBe('the certificate has ended');
    expect(planCertificates({ ...good, leaf: { ...good.leaf, certificate: 'junk' } }, T0, OPTIONS).newLeaf).toBe(true);
    expect(planCertificates({ ...good, leaf: { ...good.leaf, key: '' } }, T0, OPTIONS).newLeaf).toBe(true);
  });

  it('makes a new one where a name is missing', async () => {
    expect(planCertificates(await stored(T0, { names: ['b.svc'] }), T0 + DAY, OPTIONS).reason).toBe('the certificate lacks a name');
  });

  it('lets a new authority be trusted before it signs', async () => {
    const old = await authorityAt(T0);
    const atEnd = T0 + 336 * DAY;
    // Without a usable certificate that one comes first, from the authority that everybody trusts.
    expect(planCertificates(await stored(T0), atEnd, OPTIONS)).toMatchObject({ newAuthority: false, newLeaf: true });
    const fresh = await authorityAt(atEnd);
    const leaf = await issueCertificate(old, { commonName: 'a.svc', dnsNames: ['a.svc'], fromMs: atEnd, tillMs: atEnd + 29 * DAY });
    const both: StoredCertificates = { authorities: fresh.certificate + old.certificate, authorityKey: fresh.key, leaf };
    expect(planCertificates({ ...both, authorities: old.certificate, authorityKey: old.key }, atEnd, OPTIONS)).toMatchObject({
      newAuthority: true,
      newLeaf: false,
    });
    expect(planCertificates(both, atEnd + 9 * 60_000, OPTIONS)).toMatchObject({ newAuthority: false, newLeaf: false });
    expect(planCertificates(both, atEnd + 11 * 60_000, OPTIONS)).toMatchObject({ newAuthority: false, newLeaf: true });
  });

  it('does not serve what no trusted authority signed', async () => {
    const stranger = await authorityAt(T0);
    expect(planCertificates(await stored(T0, { signer: stranger }), T0 + DAY, OPTIONS).reason).toBe(
      'no trusted authority signed the certificate',
    );
  });

  it('begins anew where the authority or its key is gone', async () => {
    const good = await stored(T0);
    expect(planCertificates(good, T0 + 366 * DAY, OPTIONS)).toMatchObject({ newAuthority: true, newLeaf: true });
    expect(planCertificates({ ...good, authorityKey: '' }, T0, OPTIONS)).toMatchObject({ newAuthority: true, newLeaf: true });
  });
});

describe('liveAuthorities', () => {
  it('drops those that have ended', async () => {
    const [old, fresh] = [await authorityAt(T0 - 400 * DAY), await authorityAt(T0)];
    expect(liveAuthorities(fresh.certificate + old.certificate, T0)).toEqual([fresh.certificate]);
  });
});
