import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CertificatePair, createAuthority, issueCertificate, type LeafOptions, systemClock } from '../../../src/platform/index.ts';

/** Certificates and keys as PEM files, for tests that talk TLS to a real server. */
export interface CertificateFolder {
  /** `NAME.pem` is a certificate, `NAME.key` its key. */
  readonly file: (name: string) => string;
  readonly authority: (name: string) => Promise<CertificatePair>;
  /** Writes a leaf; its common name is the name of the files unless another is given. */
  readonly leaf: (name: string, authority: CertificatePair, options?: Partial<LeafOptions>) => Promise<void>;
  readonly remove: () => void;
}

const LIFETIME_MS = 2 * 86_400_000;

export const createCertificateFolder = (): CertificateFolder => {
  const folder = mkdtempSync(join(tmpdir(), 'bellwether-tls-'));
  const file = (name: string): string => join(folder, name);
  const nowMs = systemClock.nowMs();
  const validity = { fromMs: nowMs, tillMs: nowMs + LIFETIME_MS };
  const write = (name: string, pair: CertificatePair): void => {
    writeFileSync(file(`${name}.pem`), pair.certificate);
    writeFileSync(file(`${name}.key`), pair.key);
  };
  return {
    file,
    authority: async (name) => {
      const pair = await createAuthority(name, validity);
      write(name, pair);
      return pair;
    },
    leaf: async (name, authority, options = {}) =>
      write(name, await issueCertificate(authority, { commonName: name, dnsNames: [], ...validity, ...options })),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
};
