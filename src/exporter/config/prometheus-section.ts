/** Where samples come from. */
export const PROMETHEUS_SECTION = {
  type: 'object',
  additionalProperties: false,
  default: {},
  description: 'The Prometheus, or compatible server, whose samples are scored.',
  properties: {
    url: {
      type: 'string',
      format: 'uri',
      pattern: '^https?://',
      description:
        'Address of the server, with a path prefix where it has one, for example `http://prometheus:9090` or `http://mimir/prometheus`. Required unless `ingest.enabled` is true: then only pushed samples are scored.',
    },
    tenant: { type: 'string', minLength: 1, description: 'Sent as `X-Scope-OrgID`, for Mimir, Cortex and Thanos with tenants.' },
    bearerToken: {
      type: 'string',
      minLength: 1,
      writeOnly: true,
      description: 'Token sent as `Authorization: Bearer`. Prefer `bearerTokenFile`, which keeps it out of this file.',
    },
    bearerTokenFile: { type: 'string', minLength: 1, description: 'File with the bearer token; read again when it changes.' },
    basicAuth: {
      type: 'object',
      additionalProperties: false,
      required: ['username'],
      description: 'User and password for HTTP basic authentication; not together with a bearer token.',
      properties: {
        username: { type: 'string', minLength: 1, description: 'User name.' },
        password: { type: 'string', writeOnly: true, description: 'Password. Prefer `passwordFile`.' },
        passwordFile: { type: 'string', minLength: 1, description: 'File with the password.' },
      },
    },
    tls: {
      type: 'object',
      additionalProperties: false,
      description: 'Certificates for an `https` address.',
      properties: {
        caFile: { type: 'string', minLength: 1, description: 'PEM file of the authorities to trust instead of the system ones.' },
        certFile: { type: 'string', minLength: 1, description: 'PEM file of the client certificate; together with `keyFile`.' },
        keyFile: { type: 'string', minLength: 1, description: 'PEM file of the client key; together with `certFile`.' },
        serverName: { type: 'string', minLength: 1, description: 'Name to expect in the server certificate instead of the host.' },
      },
    },
    timeoutSeconds: {
      type: 'number',
      minimum: 1,
      maximum: 600,
      default: 25,
      description: 'Deadline of one read, retries included. Keep it below the interval.',
    },
    maxBytes: {
      type: 'integer',
      minimum: 65536,
      maximum: 8589934592,
      default: 536870912,
      description: 'Largest answer that is taken, in bytes; a larger one is an error, never a part.',
    },
    externalLabels: {
      type: 'array',
      items: { type: 'string', pattern: '^[a-zA-Z_][a-zA-Z0-9_]*$' },
      maxItems: 20,
      uniqueItems: true,
      default: ['prometheus', 'prometheus_replica'],
      description: 'Names of external labels that the server adds to every series by remote read; they are taken off again.',
    },
    rung: {
      type: 'string',
      enum: ['auto', 'streamed', 'samples', 'query'],
      default: 'auto',
      description:
        'How samples are read: streamed chunks, the older samples answer, or the query API. `auto` takes the best that the server offers.',
    },
  },
} as const;
