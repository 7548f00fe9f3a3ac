import {
  BellwetherError,
  type Clock,
  type KubernetesClient,
  type Logger,
  readCertificate,
  readFile,
  readFileIfPresent,
  type ServerCertificate,
  splitCertificates,
  toBellwetherError,
} from '../../platform/index.ts';
import type { AdmissionConfig } from '../config/schema.ts';
import type { AdmissionInstruments } from '../self/self-metrics.ts';
import { keepCertificates } from './certificate-secret.ts';
import { publishAuthority } from './publish-authority.ts';

export interface CertificateLoopDeps {
  readonly clock: Clock;
  readonly log: Pick<Logger, 'info' | 'warn' | 'error'>;
  readonly instruments: AdmissionInstruments;
  /** Needed for mode self-managed. */
  readonly client?: Pick<KubernetesClient, 'find' | 'create' | 'replace' | 'apply' | 'namespace'>;
  /** Each certificate that is to be served from now on. */
  readonly onCertificate: (certificate: ServerCertificate) => Promise<void>;
}

type Certificates = AdmissionConfig['certificates'];

const SECOND_MS = 1000;
const DAY_MS = 86_400_000;
// A chain and a key.
const MAX_PEM_BYTES = 1 << 20;
const FIRST_PAUSE_MS = 1000;

/** The names by which the API server calls a Service. */
const namesOf = ({ service, dnsNames }: Certificates, namespace: string): readonly string[] => [
  `${service}.${namespace}.svc`,
  `${service}.${namespace}.svc.cluster.local`,
  `${service}.${namespace}`,
  ...dnsNames,
];

/** Keeps the served certificate valid until the signal is aborted: renews, publishes the authority first, then serves the new one. Never rejects. */
export const runCertificateLoop = async (
  deps: CertificateLoopDeps,
  options: Certificates,
  namespace: string | undefined,
  signal: AbortSignal,
): Promise<void> => {
  const { clock, log, instruments: m, onCertificate } = deps;
  const loop = 'certificates';
  let served = '';
  let authority = '';
  m.cycleInterval.set({ loop }, options.checkSeconds);

  const serve = async (certificate: ServerCertificate): Promise<void> => {
    m.admissionCertificateExpiry.set({ certificate: 'leaf' }, readCertificate(certificate.certificate).tillMs / SECOND_MS);
    if (certificate.certificate === served) return;
    await onCertificate(certificate);
    if (served !== '') m.admissionRotations.inc({ certificate: 'leaf' });
    served = certificate.certificate;
    log.info({ till: readCertificate(served).tillMs }, 'certificate in use');
  };

  const keep = async (): Promise<void> => {
    const { client } = deps;
    if (!client || namespace === undefined)
      throw new BellwetherError('invalid_config', 'the own namespace is not known: set cluster.namespace');
    const kept = await keepCertificates(client, clock.nowMs(), {
      namespace,
      name: options.secret,
      dnsNames: namesOf(options, namespace),
      ipAddresses: options.ipAddresses,
      renewBeforeMs: options.renewBeforeDays * DAY_MS,
      authorityRenewBeforeMs: 2 * options.renewBeforeDays * DAY_MS,
      overlapMs: options.overlapSeconds * SECOND_MS,
      authorityMs: options.authorityDays * DAY_MS,
      leafMs: options.leafDays * DAY_MS,
    });
    if (kept.renewed !== undefined) log.info({ reason: kept.renewed }, 'certificates renewed');
    for (const name of options.webhookConfigurations)
      if (!(await publishAuthority(client, name, kept.authorities))) log.warn({ name }, 'there is no such webhook configuration');
    const [newest = ''] = splitCertificates(kept.authorities);
    m.admissionCertificateExpiry.set({ certificate: 'authority' }, readCertificate(newest).tillMs / SECOND_MS);
    if (authority !== '' && newest !== authority) m.admissionRotations.inc({ certificate: 'authority' });
    authority = newest;
    await serve({ certificate: kept.leaf.certificate, key: kept.leaf.key });
  };

  const readFiles = async (): Promise<void> => {
    const read = async (path: string): Promise<string> => Buffer.from(await readFile(path, { maxBytes: MAX_PEM_BYTES })).toString('utf8');
    await serve({ certificate: await read(options.certFile), key: await read(options.keyFile) });
  };

  const hasFiles = async (): Promise<boolean> => (await readFileIfPresent(options.certFile, { maxBytes: MAX_PEM_BYTES })) !== undefined;
  const work = options.mode === 'files' || (options.mode === 'auto' && (await hasFiles())) ? readFiles : keep;
  while (!signal.aborted) {
    m.cycles.inc({ loop });
    try {
      await work();
      m.cycleLastSuccess.set({ loop }, clock.nowMs() / SECOND_MS);
    } catch (thrown) {
      const error = toBellwetherError(thrown);
      m.cycleFailures.inc({ loop, reason: error.code });
      log.error({ err: error }, 'the certificate could not be checked');
    }
    // Nothing can be answered before the first one: no time is lost with it.
    await clock.sleep(served === '' ? FIRST_PAUSE_MS : options.checkSeconds * SECOND_MS, signal);
  }
};
