/** What people said about alerts, and how it reaches the scores. */
export const FEEDBACK_SECTION = {
  type: 'object',
  additionalProperties: false,
  default: {},
  description: 'Verdicts of people: where they come from. Without an address or a file, scores learn from no one.',
  properties: {
    url: {
      type: 'string',
      format: 'uri',
      pattern: '^https?://',
      description: 'Address of the receiver, for example `http://bellwether-receiver:9467`, whose verdicts are fetched.',
    },
    bearerTokenFile: {
      type: 'string',
      minLength: 1,
      description: 'File with the token for the receiver, of a role that may view; read again when it changes.',
    },
    caFile: { type: 'string', minLength: 1, description: 'PEM file of the authorities to trust for an `https` address.' },
    file: {
      type: 'string',
      minLength: 1,
      description: 'File with verdicts in the form of the feed, beside a receiver or instead of one; read again when it changes.',
    },
    intervalSeconds: {
      type: 'number',
      minimum: 1,
      maximum: 3600,
      default: 30,
      description: 'Time between two questions for new verdicts.',
    },
    timeoutSeconds: { type: 'number', minimum: 1, maximum: 300, default: 10, description: 'Deadline of one answer.' },
  },
} as const;
