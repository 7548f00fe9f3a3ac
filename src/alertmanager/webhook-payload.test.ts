import { describe, expect, it } from '@jest/globals';
import { parseWebhookPayload } from './webhook-payload.ts';

const alert = {
  status: 'firing',
  labels: { alertname: 'WorkloadAnomalous', namespace: 'shop', workload: 'cart' },
  annotations: { summary: 'odd' },
  startsAt: '2026-11-21T10:00:00.123456789Z',
  endsAt: '0001-01-01T00:00:00Z',
  generatorURL: 'http://prometheus/graph',
  fingerprint: '0123456789abcdef',
};
const payload = {
  version: '4',
  groupKey: '{}:{alertname="WorkloadAnomalous"}',
  truncatedAlerts: 0,
  status: 'firing',
  receiver: 'bellwether',
  groupLabels: { alertname: 'WorkloadAnomalous' },
  commonLabels: {},
  commonAnnotations: {},
  externalURL: 'http://alertmanager',
  alerts: [alert],
};
const problemsOf = (body: unknown): string[] => {
  const result = parseWebhookPayload(body);
  return result.ok ? [] : result.problems.map(({ message }) => message);
};
const read = (body: unknown) => {
  const result = parseWebhookPayload(body);
  if (!result.ok) throw new Error(result.problems[0]?.message);
  return result.value;
};

describe('parseWebhookPayload', () => {
  it('reads what 0.25 sends', () => {
    expect(read(payload)).toEqual({
      receiver: 'bellwether',
      groupKey: payload.groupKey,
      externalUrl: 'http://alertmanager',
      truncatedAlerts: 0,
      groupLabels: payload.groupLabels,
      alerts: [
        {
          fingerprint: alert.fingerprint,
          status: 'firing',
          labels: alert.labels,
          annotations: alert.annotations,
          startsMs: Date.parse('2026-11-21T10:00:00.123Z'),
          endsMs: undefined,
          generatorUrl: alert.generatorURL,
        },
      ],
    });
  });

  it('bears what later versions add, and what may be absent', () => {
    expect(read({ ...payload, notification_reason: 'first notification', routeLabels: { team: 'a' }, new: [1] }).alerts).toHaveLength(1);
    const { annotations: _a, generatorURL: _g, endsAt: _e, ...least } = alert;
    expect(read({ version: '4', alerts: [least] }).alerts[0]).toMatchObject({ annotations: {}, generatorUrl: '', endsMs: undefined });
  });

  it('knows when a resolved alert ended', () => {
    const [resolved] = read({ ...payload, alerts: [{ ...alert, status: 'resolved', endsAt: '2026-11-21T11:00:00+01:00' }] }).alerts;
    expect(resolved?.endsMs).toBe(Date.parse('2026-11-21T10:00:00Z'));
  });

  it.each([
    ['another version', { ...payload, version: '3' }, 'version is "3", but must be "4"'],
    ['no alerts', { version: '4' }, 'alerts is missing'],
    [
      'a status of its own',
      { ...payload, alerts: [{ ...alert, status: 'odd' }] },
      'alerts[0].status is "odd", but must be one of: firing, resolved',
    ],
    [
      'a label that is no text',
      { ...payload, alerts: [{ ...alert, labels: { a: 1 } }] },
      'alerts[0].labels.a is 1, but must be a value of type string',
    ],
    [
      'a start that is no time',
      { ...payload, alerts: [alert, { ...alert, startsAt: 'now' }] },
      'alerts[1].startsAt is "now", but must be a time in RFC 3339',
    ],
    ['a text', 'hello', 'the value is "hello", but must be a value of type object'],
  ])('refuses %s', (_, body, message) => {
    expect(problemsOf(body)).toEqual([message]);
  });
});
