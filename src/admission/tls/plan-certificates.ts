import { type CertificatePair, CLOCK_SKEW_MS, isSignedBy, readCertificate, splitCertificates } from '../../platform/index.ts';

/** What the Secret holds; empty texts where a key is absent. */
export interface StoredCertificates {
  /** Trusted authorities as one PEM bundle, the newest first: what clients get as caBundle. */
  readonly authorities: string;
  /** Private key of the newest authority. */
  readonly authorityKey: string;
  readonly leaf: CertificatePair;
}

export interface CertificatePlanOptions {
  readonly dnsNames: readonly string[];
  readonly ipAddresses: readonly string[];
  readonly renewBeforeMs: number;
  readonly authorityRenewBeforeMs: number;
  readonly overlapMs: number;
}

/** What has to be made; nothing where both are false. */
export interface CertificatePlan {
  /** Put before the others; those that ended are dropped. */
  readonly newAuthority: boolean;
  /** Signed by the newest authority. */
  readonly newLeaf: boolean;
  readonly reason: string;
}

const NOTHING: CertificatePlan = { newAuthority: false, newLeaf: false, reason: '' };

/** Facts of a certificate; undefined where the text is none. */
const factsOf = (text: string) => {
  try {
    return readCertificate(text);
  } catch {
    return undefined;
  }
};

/**
 * When to make what. A new authority is only added at first: it signs after `overlapMs`, when every client trusts it. Only where nothing
 * usable is left, both are made at once.
 */
export const planCertificates = (stored: StoredCertificates, nowMs: number, options: CertificatePlanOptions): CertificatePlan => {
  const [newest] = splitCertificates(stored.authorities);
  const authority = newest === undefined ? undefined : factsOf(newest);
  if (!authority || stored.authorityKey === '' || authority.tillMs <= nowMs)
    return { newAuthority: true, newLeaf: true, reason: authority ? 'the authority has ended' : 'there is no authority' };
  const leaf = factsOf(stored.leaf.certificate);
  if (!leaf || stored.leaf.key === '' || leaf.tillMs <= nowMs)
    return { ...NOTHING, newLeaf: true, reason: leaf ? 'the certificate has ended' : 'there is no certificate' };
  const isTrusted = splitCertificates(stored.authorities).some((one) => isSignedBy(stored.leaf.certificate, one));
  if (!isTrusted) return { ...NOTHING, newLeaf: true, reason: 'no trusted authority signed the certificate' };
  if (authority.tillMs - nowMs < options.authorityRenewBeforeMs)
    return { newAuthority: true, newLeaf: false, reason: 'the authority ends soon' };

  const mayNewestSign = nowMs >= authority.fromMs + CLOCK_SKEW_MS + options.overlapMs;
  if (!mayNewestSign) return NOTHING;
  if (newest !== undefined && !isSignedBy(stored.leaf.certificate, newest))
    return { ...NOTHING, newLeaf: true, reason: 'there is a newer authority' };
  if (leaf.tillMs - nowMs < options.renewBeforeMs) return { ...NOTHING, newLeaf: true, reason: 'the certificate ends soon' };
  const isNamed =
    options.dnsNames.every((name) => leaf.dnsNames.includes(name)) && options.ipAddresses.every((ip) => leaf.ipAddresses.includes(ip));
  return isNamed ? NOTHING : { ...NOTHING, newLeaf: true, reason: 'the certificate lacks a name' };
};

/** The authorities that have not ended yet. */
export const liveAuthorities = (bundle: string, nowMs: number): readonly string[] =>
  splitCertificates(bundle).filter((one) => (factsOf(one)?.tillMs ?? 0) > nowMs);
