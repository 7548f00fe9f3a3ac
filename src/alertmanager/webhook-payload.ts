import { type JSONSchema, type Problem, parseTime, type Validation, validate } from '../platform/index.ts';

/** One alert as Alertmanager tells of it. */
export interface ReceivedAlert {
  /** Hash of the labels: the same alert, whenever it comes. */
  readonly fingerprint: string;
  readonly status: 'firing' | 'resolved';
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly startsMs: number;
  /** Undefined while it fires. */
  readonly endsMs: number | undefined;
  readonly generatorUrl: string;
}

/** One notification: a group of alerts. */
export interface WebhookPayload {
  readonly receiver: string;
  readonly groupKey: string;
  readonly externalUrl: string;
  readonly alerts: readonly ReceivedAlert[];
  /** Alerts of the group that `max_alerts` left out: the last ones. */
  readonly truncatedAlerts: number;
  /** Labels by which the group was made, to ask for what was left out. */
  readonly groupLabels: Readonly<Record<string, string>>;
}

const LABELS = { type: 'object', additionalProperties: { type: 'string' } } as const;
/** RFC 3339; Go writes nanoseconds. */
const TIME = { type: 'string', minLength: 1, maxLength: 40 } as const;

/** Only what is used. Keys that are not named here come and go with the versions: 0.32 has `notification_reason`, 0.34 `routeLabels`. */
const PAYLOAD = {
  type: 'object',
  required: ['version', 'alerts'],
  properties: {
    version: { type: 'string', const: '4' },
    receiver: { type: 'string' },
    groupKey: { type: 'string' },
    externalURL: { type: 'string' },
    truncatedAlerts: { type: 'integer', minimum: 0 },
    groupLabels: LABELS,
    alerts: {
      type: 'array',
      items: {
        type: 'object',
        required: ['status', 'labels', 'startsAt', 'fingerprint'],
        properties: {
          status: { type: 'string', enum: ['firing', 'resolved'] },
          labels: { ...LABELS, minProperties: 1 },
          annotations: LABELS,
          startsAt: TIME,
          endsAt: TIME,
          generatorURL: { type: 'string' },
          fingerprint: { type: 'string', pattern: '^[0-9a-f]{16}$' },
        },
      },
    },
  },
} as const satisfies JSONSchema;

interface RawAlert {
  readonly status: 'firing' | 'resolved';
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly startsAt: string;
  readonly endsAt?: string;
  readonly generatorURL?: string;
  readonly fingerprint: string;
}
interface RawPayload {
  readonly receiver?: string;
  readonly groupKey?: string;
  readonly externalURL?: string;
  readonly truncatedAlerts?: number;
  readonly groupLabels?: Readonly<Record<string, string>>;
  readonly alerts: readonly RawAlert[];
}

/** Go's zero time, the year 1, stands for "none". */
export const timeOrNone = (text: string | undefined): number | undefined => {
  const ms = text === undefined ? undefined : parseTime(text);
  return ms === undefined || ms <= 0 ? undefined : ms;
};

const badTime = (i: number, value: string): Problem => ({
  key: `alerts[${i}].startsAt`,
  value,
  limit: 'a time in RFC 3339',
  message: `alerts[${i}].startsAt is ${JSON.stringify(value)}, but must be a time in RFC 3339`,
});

/** Reads the body of a webhook call, version 4 of the format (Alertmanager 0.25 to 0.34); all problems at once. */
export const parseWebhookPayload = (body: unknown): Validation<WebhookPayload> => {
  // The type is written out above: what follows from the schema says less about it.
  const checked: Validation<unknown> = validate<JSONSchema & object>(PAYLOAD, body);
  if (!checked.ok) return checked;
  const raw = checked.value as RawPayload;
  const problems: Problem[] = [];
  const alerts = raw.alerts.map((alert, i): ReceivedAlert => {
    const startsMs = timeOrNone(alert.startsAt);
    if (startsMs === undefined) problems.push(badTime(i, alert.startsAt));
    return {
      fingerprint: alert.fingerprint,
      status: alert.status,
      labels: alert.labels,
      annotations: alert.annotations ?? {},
      startsMs: startsMs ?? 0,
      endsMs: alert.status === 'resolved' ? timeOrNone(alert.endsAt) : undefined,
      generatorUrl: alert.generatorURL ?? '',
    };
  });
  if (problems.length > 0) return { ok: false, problems };
  const { receiver = '', groupKey = '', externalURL = '', truncatedAlerts = 0, groupLabels = {} } = raw;
  return { ok: true, value: { receiver, groupKey, externalUrl: externalURL, alerts, truncatedAlerts, groupLabels } };
};
