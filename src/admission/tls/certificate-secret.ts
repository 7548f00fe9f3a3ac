import {
  BellwetherError,
  createAuthority,
  issueCertificate,
  type KubernetesClient,
  type KubernetesObject,
  splitCertificates,
} from '../../platform/index.ts';
import { recordOf, stringOf } from '../../policy/index.ts';
import { type CertificatePlanOptions, liveAuthorities, planCertificates, type StoredCertificates } from './plan-certificates.ts';

export interface CertificateSecretOptions extends CertificatePlanOptions {
  readonly namespace: string;
  readonly name: string;
  readonly authorityMs: number;
  readonly leafMs: number;
}

/** The Secret as it is now, made or renewed where that was due. */
export interface KeptCertificates extends StoredCertificates {
  /** Why something was made; undefined where nothing was. */
  readonly renewed?: string;
}

// One replica wins; the others read what it wrote.
const MAX_TRIES = 5;
const KEYS = { authorities: 'ca.crt', authorityKey: 'ca.key', certificate: 'tls.crt', key: 'tls.key' } as const;

interface SecretObject extends KubernetesObject {
  readonly data?: Readonly<Record<string, string>>;
}

/** Reads the Secret and renews what is due; replicas do the same, and the API server lets one of them write. Rejects as the client does. */
export const keepCertificates = async (
  client: Pick<KubernetesClient, 'find' | 'create' | 'replace'>,
  nowMs: number,
  options: CertificateSecretOptions,
): Promise<KeptCertificates> => {
  const name = { apiVersion: 'v1', kind: 'Secret', namespace: options.namespace, name: options.name };
  for (let tries = 0; ; tries++) {
    const secret = await client.find<SecretObject>(name);
    const stored = readStored(secret);
    const plan = planCertificates(stored, nowMs, options);
    if (!plan.newAuthority && !plan.newLeaf) return stored;
    const next = await make(stored, plan.newAuthority, plan.newLeaf, nowMs, options);
    try {
      await write(client, secret, name, next);
      return { ...next, renewed: plan.reason };
    } catch (error) {
      if (!(error instanceof BellwetherError && error.code === 'conflict') || tries >= MAX_TRIES) throw error;
    }
  }
};

const readStored = (secret: SecretObject | undefined): StoredCertificates => {
  const data = recordOf(secret?.data);
  const text = (key: string): string => Buffer.from(stringOf(data[key]) ?? '', 'base64').toString('utf8');
  return {
    authorities: text(KEYS.authorities),
    authorityKey: text(KEYS.authorityKey),
    leaf: { certificate: text(KEYS.certificate), key: text(KEYS.key) },
  };
};

const make = async (
  stored: StoredCertificates,
  newAuthority: boolean,
  newLeaf: boolean,
  nowMs: number,
  { dnsNames, ipAddresses, authorityMs, leafMs }: CertificateSecretOptions,
): Promise<StoredCertificates> => {
  const authority = newAuthority
    ? await createAuthority('Bellwether admission', { fromMs: nowMs, tillMs: nowMs + authorityMs })
    : { certificate: splitCertificates(stored.authorities)[0] ?? '', key: stored.authorityKey };
  const others = liveAuthorities(stored.authorities, nowMs).filter((one) => one !== authority.certificate);
  const leafOptions = { commonName: dnsNames[0] ?? 'bellwether', dnsNames, ipAddresses, fromMs: nowMs, tillMs: nowMs + leafMs };
  return {
    authorities: [authority.certificate, ...others].join(''),
    authorityKey: authority.key,
    leaf: newLeaf ? await issueCertificate(authority, leafOptions) : stored.leaf,
  };
};

const write = async (
  client: Pick<KubernetesClient, 'create' | 'replace'>,
  secret: SecretObject | undefined,
  { namespace, name }: { readonly namespace: string; readonly name: string },
  { authorities, authorityKey, leaf }: StoredCertificates,
): Promise<void> => {
  const encode = (text: string): string => Buffer.from(text).toString('base64');
  const data = {
    [KEYS.authorities]: encode(authorities),
    [KEYS.authorityKey]: encode(authorityKey),
    [KEYS.certificate]: encode(leaf.certificate),
    [KEYS.key]: encode(leaf.key),
  };
  if (secret) await client.replace({ ...secret, data });
  else
    await client.create({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { namespace, name, labels: { 'app.kubernetes.io/part-of': 'bellwether', 'app.kubernetes.io/component': 'admission' } },
      type: 'Opaque',
      data,
    });
};
