import { BellwetherError, type FromSchema, validate } from '../../../platform/index.ts';
import { checked } from '../../../web/index.ts';

/** What is read of a click: https://docs.slack.dev/reference/interaction-payloads/block_actions-payload. */
const CLICK = {
  type: 'object',
  required: ['type', 'user', 'actions'],
  properties: {
    type: { type: 'string', const: 'block_actions' },
    user: {
      type: 'object',
      required: ['id'],
      properties: { id: { type: 'string', pattern: '^[A-Z0-9]{1,40}$' }, username: { type: 'string', maxLength: 200 } },
    },
    response_url: { type: 'string', maxLength: 2000 },
    actions: {
      type: 'array',
      minItems: 1,
      items: {
        type: 'object',
        required: ['action_id'],
        properties: { action_id: { type: 'string', maxLength: 255 }, value: { type: 'string', maxLength: 500 } },
      },
    },
  },
} as const;

/** A click on a button of a message. */
export type Click = FromSchema<typeof CLICK>;

/** A click as Slack tells it. Rejects with `invalid_input`. */
export const clickOf = (payload: unknown): Click => {
  const result = validate(CLICK, payload);
  return checked(result);
};

/** The payload of a form that Slack posts. Rejects with `invalid_input`. */
export const payloadOf = (body: Uint8Array): unknown => {
  try {
    return JSON.parse(new URLSearchParams(Buffer.from(body).toString('utf8')).get('payload') ?? '');
  } catch {
    throw new BellwetherError('invalid_input', 'the call has no payload');
  }
};
