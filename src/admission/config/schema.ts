import { PORTS } from '../../conventions/index.ts';
import { type FromSchema, HOST_KEY, type JSONSchema, LOG_SECTION, portKey } from '../../platform/index.ts';

const text = (description: string) => ({ type: 'string', minLength: 1, maxLength: 500, description }) as const;
const DNS_NAME = { type: 'string', minLength: 1, maxLength: 253 } as const;

const LISTEN = {
  type: 'object',
  default: {},
  description: 'Addresses and ports.',
  properties: {
    host: HOST_KEY,
    port: portKey(PORTS.admission, 'Port of the reviews, with TLS; 0 takes any free one.'),
    selfPort: portKey(PORTS.admissionSelf, 'Port of own metrics, /healthz, /readyz.'),
  },
  additionalProperties: false,
} as const;

const REVIEW = {
  type: 'object',
  default: {},
  description: 'How reviews are answered.',
  properties: {
    deadlineMs: {
      type: 'integer',
      minimum: 100,
      maximum: 29_000,
      default: 2_000,
      description: 'Time in which a review is answered, and its body has to come; less than timeoutSeconds of the webhook configuration.',
    },
    fallback: {
      enum: ['allow', 'deny'],
      default: 'allow',
      description: 'The answer where there is no judgement in time or because of a defect.',
    },
    maxBodyBytes: {
      type: 'integer',
      minimum: 65_536,
      maximum: 67_108_864,
      default: 8_388_608,
      description: 'Largest review; it holds the object, and in an update the old one too.',
    },
    maxConcurrent: {
      type: 'integer',
      minimum: 1,
      maximum: 10_000,
      default: 200,
      description: 'Reviews at a time; more get HTTP 429, and the failure policy of the webhook decides.',
    },
    docsUrl: {
      ...text('Put before the paths of policy pages in messages.'),
      default: 'https://github.com/bellwether-dev/bellwether/blob/main/',
    },
  },
  additionalProperties: false,
} as const;

const days = (fallback: number, maximum: number, description: string) =>
  ({ type: 'number', exclusiveMinimum: 0, maximum, default: fallback, description }) as const;

const CERTIFICATES = {
  type: 'object',
  default: {},
  description: 'The certificate that the API server trusts.',
  properties: {
    mode: {
      enum: ['auto', 'self-managed', 'files'],
      default: 'auto',
      description:
        'self-managed: an own authority in a Secret, rotated; files: from cert-manager or by hand, read again when they change; auto: files where certFile is there at the start.',
    },
    certFile: { ...text('PEM, for mode files.'), default: '/etc/bellwether-tls/tls.crt' },
    keyFile: { ...text('PEM, for mode files.'), default: '/etc/bellwether-tls/tls.key' },
    secret: {
      ...DNS_NAME,
      default: 'bellwether-admission-authority',
      description: 'Secret in the own namespace that holds authority and certificate.',
    },
    service: { ...DNS_NAME, default: 'bellwether-admission', description: 'Service by which the API server reaches the webhook.' },
    dnsNames: { type: 'array', items: DNS_NAME, maxItems: 20, default: [], description: 'Further names of the certificate.' },
    ipAddresses: { type: 'array', items: { type: 'string' }, maxItems: 20, default: [], description: 'Addresses of the certificate.' },
    webhookConfigurations: {
      type: 'array',
      items: DNS_NAME,
      maxItems: 10,
      default: ['bellwether-admission-policies'],
      description: 'ValidatingWebhookConfigurations that get the authority as caBundle.',
    },
    authorityDays: days(365, 3650, 'Life of the authority.'),
    leafDays: days(90, 150, 'Life of the certificate.'),
    renewBeforeDays: days(15, 60, 'A certificate with less left is renewed; the authority with twice that.'),
    overlapSeconds: {
      type: 'number',
      minimum: 0,
      maximum: 86_400,
      default: 600,
      description: 'Time in which a new authority is trusted already but does not sign yet.',
    },
    checkSeconds: {
      type: 'number',
      minimum: 0.1,
      maximum: 3600,
      default: 30,
      description: 'How often Secret, files and caBundle are looked at.',
    },
  },
  additionalProperties: false,
} as const;

const CLUSTER = {
  type: 'object',
  default: {},
  description: 'What is read from the API server.',
  properties: {
    enabled: {
      type: 'boolean',
      default: true,
      description:
        'Talk to the API server: labels of namespaces, scaled objects, exceptions, certificates. Without it only mode files works.',
    },
    kubeconfig: text('Path of a kubeconfig, outside a cluster.'),
    namespace: { ...DNS_NAME, description: 'Own namespace; that of the pod where absent.' },
    exceptions: { type: 'boolean', default: true, description: 'Take PolicyException resources.' },
    exceptionMaxDays: { type: 'integer', minimum: 1, maximum: 3650, default: 90, description: 'How far ahead their expiresAt may lie.' },
    policyConfiguration: {
      ...DNS_NAME,
      default: 'default',
      description: 'Name of the PolicyConfiguration resource whose spec wins over the key policy, where there is one.',
    },
  },
  additionalProperties: false,
} as const;

/** The configuration file of `bellwether admission`. */
export const ADMISSION_CONFIG_SCHEMA = {
  type: 'object',
  properties: {
    policy: {
      type: 'object',
      default: {},
      additionalProperties: true,
      description: 'Which policies are in force: the same keys as in the file of scan --config.',
    },
    review: REVIEW,
    certificates: CERTIFICATES,
    cluster: CLUSTER,
    listen: LISTEN,
    log: LOG_SECTION,
  },
  additionalProperties: false,
} as const satisfies JSONSchema;

/** Sections that are read at each use; the rest takes effect at the next start. */
export const ADMISSION_LIVE_KEYS = ['policy', 'review', 'log'] as const;

/** A checked configuration with its defaults filled in; what `policy` holds is checked by `parsePolicyConfig`. */
export type AdmissionConfig = FromSchema<typeof ADMISSION_CONFIG_SCHEMA>;

type DeepPartial<T> = T extends readonly unknown[] ? T : T extends object ? { readonly [K in keyof T]?: DeepPartial<T[K]> } : T;

/** A configuration as a person writes it. */
export type AdmissionConfigInput = DeepPartial<AdmissionConfig>;
