import { PORTS } from '../../conventions/index.ts';
import { HOST_KEY, portKey } from '../../platform/index.ts';

const FILE = { type: 'string', minLength: 1, maxLength: 4096 } as const;

export const LISTEN_SECTION = {
  type: 'object',
  additionalProperties: false,
  default: {},
  description: 'Addresses and ports. Port 0 takes any free one and logs it.',
  properties: {
    host: HOST_KEY,
    apiPort: portKey(PORTS.receiverApi, 'The webhook, the pages and `/api/v1`.'),
    selfPort: portKey(PORTS.receiverSelf, '`/metrics` of the receiver itself, `/healthz` and `/readyz`.'),
    tls: {
      type: 'object',
      additionalProperties: false,
      required: ['certFile', 'keyFile'],
      description: 'Serve the API port over TLS. The files are read again when they change.',
      properties: {
        certFile: { ...FILE, description: 'PEM file of the certificate, its chain behind it.' },
        keyFile: { ...FILE, description: 'PEM file of its key.' },
        clientCaFile: { ...FILE, description: 'PEM file of the authorities of client certificates; `auth.clients` says who they are.' },
      },
    },
    baseUrl: {
      type: 'string',
      minLength: 1,
      maxLength: 2000,
      description: 'Address under which people reach the pages, for links in messages; the address it listens on where absent.',
    },
  },
} as const;

export const AUTH_SECTION = {
  type: 'object',
  additionalProperties: false,
  default: {},
  description: 'Who may do what. Without an entry nobody is let in; `/healthz`, `/readyz` and `/metrics` of the self port are open.',
  properties: {
    tokens: {
      type: 'array',
      maxItems: 200,
      default: [],
      description: 'Bearer tokens. With a token one can log in to the pages as well.',
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['name', 'role'],
        properties: {
          name: { type: 'string', minLength: 1, maxLength: 100, description: 'Who it is, in verdicts and in the audit log.' },
          role: {
            type: 'string',
            enum: ['sender', 'viewer', 'responder', 'admin'],
            description:
              '`sender` may only deliver alerts; `viewer` may read; `responder` may also judge, acknowledge and silence; `admin` may also read the audit log and fetch backups.',
          },
          tokenFile: { ...FILE, description: 'File with the token; read again when it changes.' },
          sha256: {
            type: 'string',
            pattern: '^[0-9a-f]{64}$',
            description: 'SHA-256 of the token in hex, instead of a file: `printf %s TOKEN | sha256sum`.',
          },
        },
      },
    },
    clients: {
      type: 'array',
      maxItems: 200,
      default: [],
      description: 'Client certificates in place of tokens; needs `listen.tls.clientCaFile`.',
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['name', 'role'],
        properties: {
          name: { type: 'string', minLength: 1, maxLength: 100, description: 'Common name of the certificate.' },
          role: { type: 'string', enum: ['sender', 'viewer', 'responder', 'admin'], description: 'As for tokens.' },
        },
      },
    },
    oidc: {
      type: 'object',
      additionalProperties: false,
      required: ['issuer', 'audience', 'roles'],
      description: 'Bearer tokens of an OpenID Connect provider, beside `auth.tokens`.',
      properties: {
        issuer: {
          type: 'string',
          pattern: '^https?://',
          maxLength: 2000,
          description: 'As the tokens name it; its keys are found below it.',
        },
        audience: { type: 'string', minLength: 1, maxLength: 500, description: 'Whom the tokens must be made for.' },
        caFile: { ...FILE, description: 'PEM file of the authorities that the certificate of the provider is checked against.' },
        nameClaim: { type: 'string', minLength: 1, maxLength: 100, default: 'sub', description: 'Claim that says who it is.' },
        roleClaim: {
          type: 'string',
          minLength: 1,
          maxLength: 100,
          default: 'groups',
          description: 'Claim, a text or a list of texts, by which roles are given; a dot leads into a claim, as in `realm_access.roles`.',
        },
        roles: {
          type: 'object',
          additionalProperties: false,
          description: 'What gives each role; the highest that is given counts, and without any nobody is let in.',
          properties: {
            viewer: {
              type: 'array',
              maxItems: 100,
              items: { type: 'string', minLength: 1, maxLength: 500 },
              description: 'Texts of the claim.',
            },
            responder: {
              type: 'array',
              maxItems: 100,
              items: { type: 'string', minLength: 1, maxLength: 500 },
              description: 'Texts of the claim.',
            },
            admin: {
              type: 'array',
              maxItems: 100,
              items: { type: 'string', minLength: 1, maxLength: 500 },
              description: 'Texts of the claim.',
            },
          },
        },
      },
    },
    sessionHours: { type: 'number', minimum: 0.1, maximum: 168, default: 12, description: 'How long a login to the pages lasts.' },
    requestsPerSecond: {
      type: 'number',
      minimum: 1,
      maximum: 100000,
      default: 50,
      description: 'Requests of one identity, save for the webhook; ten times as many may come at once.',
    },
  },
} as const;
