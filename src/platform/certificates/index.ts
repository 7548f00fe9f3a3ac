import type { CertificatePair, LeafOptions, Validity } from './issue-certificate.ts';

export type { CertificatePair, LeafOptions, Validity } from './issue-certificate.ts';
export * from './read-certificate.ts';

// The X.509 library takes a tenth of a second to load, which no other command should pay.
const load = () => import('./issue-certificate.ts');

/** A certificate authority of its own, for leaves and nothing below them. */
export const createAuthority = async (commonName: string, validity: Validity): Promise<CertificatePair> =>
  (await load()).createAuthority(commonName, validity);

/** A server's or client's certificate of an authority. */
export const issueCertificate = async (authority: CertificatePair, options: LeafOptions): Promise<CertificatePair> =>
  (await load()).issueCertificate(authority, options);
