const FILE = { type: 'string', minLength: 1, maxLength: 4096 } as const;
const VARIABLE = { type: 'string', pattern: '^[A-Za-z_][A-Za-z0-9_]{0,127}$' } as const;
const NAMES = { type: 'array', maxItems: 100, default: [], items: { type: 'string', minLength: 1, maxLength: 253 } } as const;
const ADDRESS = { type: 'string', minLength: 3, maxLength: 320 } as const;
const TEMPLATE = { type: 'string', minLength: 1, maxLength: 4000 } as const;

const MAIL = {
  type: 'object',
  additionalProperties: false,
  required: ['host', 'from', 'to'],
  description: 'Where mail goes; for `email`.',
  properties: {
    host: { type: 'string', minLength: 1, maxLength: 253, description: 'Mail server.' },
    port: { type: 'integer', minimum: 1, maximum: 65535, default: 587, description: 'Its port.' },
    security: {
      type: 'string',
      enum: ['starttls', 'tls', 'none'],
      default: 'starttls',
      description: '`starttls` refuses a server that does not offer it; `none` is for a relay on the same machine.',
    },
    username: { type: 'string', minLength: 1, maxLength: 320, description: 'Its password is the secret of the channel.' },
    caFile: { ...FILE, description: 'PEM file of the authorities that its certificate is checked against.' },
    from: { ...ADDRESS, description: 'Sender.' },
    to: { type: 'array', items: ADDRESS, minItems: 1, maxItems: 50, description: 'Recipients.' },
  },
} as const;

/** Who is who in Slack. */
const SLACK_USER = {
  type: 'object',
  additionalProperties: false,
  required: ['id', 'name', 'role'],
  properties: {
    id: { type: 'string', pattern: '^[UW][A-Z0-9]{1,39}$', description: 'Member id in Slack, as the profile shows it: `U0123456789`.' },
    name: { type: 'string', minLength: 1, maxLength: 100, description: 'Who it is, in verdicts, approvals and the audit log.' },
    role: {
      type: 'string',
      enum: ['viewer', 'responder', 'admin'],
      description: '`responder` and `admin` may judge alerts and approve mitigations; `viewer` may neither.',
    },
  },
} as const;

const CHANNEL = {
  type: 'object',
  additionalProperties: false,
  required: ['name', 'kind'],
  properties: {
    name: {
      type: 'string',
      pattern: '^[a-z0-9][a-z0-9-]{0,39}$',
      description: 'Name of the channel, in metrics and in verdicts given by its links.',
    },
    kind: { type: 'string', enum: ['slack', 'email', 'ntfy', 'webhook'], description: 'What it speaks.' },
    url: {
      type: 'string',
      minLength: 1,
      maxLength: 2000,
      pattern: '^https?://',
      description: 'Topic of ntfy, target of a webhook, or the method of Slack where it is not `https://slack.com/api/chat.postMessage`.',
    },
    urlFile: { ...FILE, description: 'File with the address, where the address is the secret, as with an incoming webhook of Slack.' },
    urlEnv: { ...VARIABLE, description: 'Environment variable with the address, instead of a file.' },
    secretFile: {
      ...FILE,
      description: 'File with the token (`slack`, `ntfy`, `webhook`) or password (`email`); read again for each message.',
    },
    secretEnv: { ...VARIABLE, description: 'Environment variable with it, instead of a file.' },
    slackChannel: { type: 'string', minLength: 1, maxLength: 100, description: 'Id of the Slack channel; not with an incoming webhook.' },
    mail: MAIL,
    severities: { ...NAMES, description: 'Only alerts of these severities; all where empty.' },
    namespaces: { ...NAMES, description: 'Only alerts of these namespaces; all where empty.' },
    alertnames: { ...NAMES, description: 'Only alerts of these names; all where empty.' },
    sendResolved: { type: 'boolean', default: false, description: 'Also tell of the end.' },
    sendApprovals: {
      type: 'boolean',
      default: true,
      description: 'Also tell of mitigations that wait for an approval, in `namespaces` and for alerts of `alertnames`.',
    },
    perHour: {
      type: 'integer',
      minimum: 1,
      maximum: 3600,
      default: 60,
      description: 'Most messages; alerts beyond it wait and come together as one.',
    },
    title: {
      ...TEMPLATE,
      default: '{{alertname}} {{workload}}',
      description: 'Template of the first line; docs/receiver.md lists what can stand between the braces.',
    },
    text: { ...TEMPLATE, default: '{{summary}}\n{{description}}', description: 'Template of the text.' },
  },
} as const;

export const NOTIFY_SECTION = {
  type: 'object',
  additionalProperties: false,
  default: {},
  description:
    'Messages of our own about new alerts, with a way to judge them. Receivers of Alertmanager serve as well, where no verdict is asked for.',
  properties: {
    channels: { type: 'array', maxItems: 50, default: [], items: CHANNEL, description: 'Where messages go.' },
    slackSigningSecretFile: {
      ...FILE,
      description:
        'File with the signing secret of the Slack app; buttons then lead to `POST /api/v1/slack/actions`. Without it messages have links in their place.',
    },
    slackSigningSecretEnv: { ...VARIABLE, description: 'Environment variable with it, instead of a file.' },
    slackAppTokenFile: {
      ...FILE,
      description:
        'File with the app-level token (`xapp-`, scope `connections:write`) of the Slack app: clicks then come by Socket Mode, over a connection that the leader opens, and Slack need not reach the receiver.',
    },
    slackAppTokenEnv: { ...VARIABLE, description: 'Environment variable with it, instead of a file.' },
    slackApiUrl: {
      type: 'string',
      pattern: '^https?://',
      maxLength: 2000,
      default: 'https://slack.com/api',
      description:
        'Where methods of Slack are called, for GovSlack (`https://slack-gov.com/api`) or a proxy. Answers to clicks go to Slack, or to the host of this.',
    },
    slackUsers: {
      type: 'array',
      maxItems: 1000,
      default: [],
      items: SLACK_USER,
      description:
        'Who may do what by buttons of Slack. Whoever is not in it can judge alerts in a channel that has the buttons, under the name `slack:USER`, and approve nothing.',
    },
  },
} as const;
