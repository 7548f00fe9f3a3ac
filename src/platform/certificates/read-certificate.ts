import { X509Certificate } from 'node:crypto';
import { BellwetherError } from '../error.ts';

/** Certificates begin this much before they are made, because clocks of a cluster differ. */
export const CLOCK_SKEW_MS = 3_600_000;

/** What a certificate says, as far as it decides on its use. */
export interface CertificateFacts {
  readonly fromMs: number;
  readonly tillMs: number;
  /** `foo.svc`, without the kind of name; empty where there are none. */
  readonly dnsNames: readonly string[];
  readonly ipAddresses: readonly string[];
  /** SHA-256 of the whole certificate. */
  readonly fingerprint: string;
}

const BLOCK = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----\n?/g;

/** The certificates of a bundle, each as PEM of its own. */
export const splitCertificates = (bundle: string): readonly string[] => bundle.match(BLOCK) ?? [];

/** Facts of the first certificate of a PEM text. Throws `invalid_input` where there is none. */
export const readCertificate = (text: string): CertificateFacts => {
  const parsed = parse(text);
  const names = parsed.subjectAltName?.split(', ') ?? [];
  const named = (kind: string): string[] => names.flatMap((name) => (name.startsWith(`${kind}:`) ? [name.slice(kind.length + 1)] : []));
  return {
    fromMs: Date.parse(parsed.validFrom),
    tillMs: Date.parse(parsed.validTo),
    dnsNames: named('DNS'),
    ipAddresses: named('IP Address'),
    fingerprint: parsed.fingerprint256,
  };
};

/** Whether a leaf was signed by this authority's key. */
export const isSignedBy = (leaf: string, authority: string): boolean => {
  try {
    return parse(leaf).verify(parse(authority).publicKey);
  } catch {
    return false;
  }
};

const parse = (text: string): X509Certificate => {
  try {
    return new X509Certificate(text);
  } catch (error) {
    throw new BellwetherError('invalid_input', 'it is not a certificate in PEM form', error);
  }
};
