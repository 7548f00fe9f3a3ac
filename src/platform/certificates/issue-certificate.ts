// @peculiar/x509 asks for this polyfill to be there before it.
import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import {
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509';
import { CLOCK_SKEW_MS } from './read-certificate.ts';

/** A certificate and its private key (PKCS #8), as PEM. */
export interface CertificatePair {
  readonly certificate: string;
  readonly key: string;
}

export interface Validity {
  /** Begins a little earlier, because clocks of a cluster differ. */
  readonly fromMs: number;
  readonly tillMs: number;
}

export interface LeafOptions extends Validity {
  readonly commonName: string;
  readonly dnsNames: readonly string[];
  readonly ipAddresses?: readonly string[];
  /** What TLS may take it for (extended key usage); a server where absent. */
  readonly usage?: 'server' | 'client';
}

// P-256 is what every API server of the last ten years takes, and far cheaper per handshake than RSA.
const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;

const newKeys = (): Promise<webcrypto.CryptoKeyPair> => webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);

const pem = (label: string, der: ArrayBuffer): string => {
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
};

const exportKey = async (key: webcrypto.CryptoKey): Promise<string> => pem('PRIVATE KEY', await webcrypto.subtle.exportKey('pkcs8', key));

const importKey = (key: string): Promise<webcrypto.CryptoKey> =>
  webcrypto.subtle.importKey('pkcs8', Buffer.from(key.replaceAll(/-----[^-]+-----|\s/g, ''), 'base64'), ALGORITHM, false, ['sign']);

// 16 random bytes, the first without its highest bit: a serial number is positive (RFC 5280, 4.1.2.2).
const serialNumber = (): string => {
  const bytes = webcrypto.getRandomValues(new Uint8Array(16));
  bytes[0] = (bytes[0]! & 0x7f) | 0x01;
  return Buffer.from(bytes).toString('hex');
};

const dates = ({ fromMs, tillMs }: Validity) => ({ notBefore: new Date(fromMs - CLOCK_SKEW_MS), notAfter: new Date(tillMs) });

/** A certificate authority of its own, for leaves and nothing below them. */
export const createAuthority = async (commonName: string, validity: Validity): Promise<CertificatePair> => {
  const keys = await newKeys();
  const certificate = await X509CertificateGenerator.createSelfSigned(
    {
      serialNumber: serialNumber(),
      name: `CN=${commonName}`,
      ...dates(validity),
      signingAlgorithm: ALGORITHM,
      keys,
      extensions: [
        new BasicConstraintsExtension(true, 0, true),
        new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
        await SubjectKeyIdentifierExtension.create(keys.publicKey),
      ],
    },
    webcrypto,
  );
  return { certificate: `${certificate.toString('pem')}\n`, key: await exportKey(keys.privateKey) };
};

/** A server's or client's certificate of an authority. */
export const issueCertificate = async (authority: CertificatePair, options: LeafOptions): Promise<CertificatePair> => {
  const keys = await newKeys();
  const certificate = await X509CertificateGenerator.create(
    {
      serialNumber: serialNumber(),
      subject: `CN=${options.commonName}`,
      issuer: new X509Certificate(authority.certificate).subject,
      ...dates(options),
      signingAlgorithm: ALGORITHM,
      publicKey: keys.publicKey,
      signingKey: await importKey(authority.key),
      extensions: [
        new BasicConstraintsExtension(false, undefined, true),
        new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
        new ExtendedKeyUsageExtension([options.usage === 'client' ? ExtendedKeyUsage.clientAuth : ExtendedKeyUsage.serverAuth]),
        new SubjectAlternativeNameExtension([
          ...options.dnsNames.map((value) => ({ type: 'dns' as const, value })),
          ...(options.ipAddresses ?? []).map((value) => ({ type: 'ip' as const, value })),
        ]),
      ],
    },
    webcrypto,
  );
  return { certificate: `${certificate.toString('pem')}\n`, key: await exportKey(keys.privateKey) };
};
