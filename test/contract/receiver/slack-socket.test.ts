import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { APP_TOKEN, BOT_TOKEN, type FakeSlack, type SlackMessage, type SlackSocket, startFakeSlack } from './fake-slack.ts';
import { type RunningReceiver, startReceiver, webhookAlert, webhookBody } from './receiver-fixture.ts';

const ANN = { id: 'U1ANN', username: 'ann' };

describe('Socket Mode of Slack', () => {
  let slack: FakeSlack;
  let receiver: RunningReceiver;
  let message: SlackMessage;
  let leads = true;
  let sent = 0;
  const until = async <T>(what: string, probe: () => T | undefined | Promise<T | undefined>): Promise<T> => {
    for (let tries = 0; ; tries++) {
      const found = await probe();
      if (found !== undefined) return found;
      if (tries > 750) throw new Error(`not in time: ${what}`);
      await new Promise((done) => setTimeout(done, 20));
    }
  };
  const connected = () => receiver.metric('bellwether_slack_connected{mode="socket"}');
  const untilOpen = (count: number): Promise<SlackSocket> =>
    until(`${count} connections`, () => (slack.sockets.length === count ? slack.sockets.at(-1) : undefined));
  const envelope = (word: string) => ({
    type: 'interactive',
    envelope_id: `e-${++sent}`,
    accepts_response_payload: true,
    payload: slack.payload(message, `verdict:${word}`, ANN),
  });
  const verdicts = async (word: string): Promise<number> => {
    const { json } = await receiver.ask(`/api/v1/verdicts?word=${word}`, { as: 'viewer' });
    return (json.verdicts as readonly unknown[]).length;
  };

  beforeAll(async () => {
    process.env.TEST_SLACK_APP = APP_TOKEN;
    process.env.TEST_SLACK_BOT = BOT_TOKEN;
    slack = await startFakeSlack();
    receiver = await startReceiver(
      {
        notify: {
          slackApiUrl: `${slack.url}/api`,
          slackAppTokenEnv: 'TEST_SLACK_APP',
          slackUsers: [{ id: ANN.id, name: 'ann', role: 'responder' }],
          channels: [{ name: 'team', kind: 'slack', slackChannel: 'C1', secretEnv: 'TEST_SLACK_BOT' }],
        },
      },
      {
        leadership: () => ({
          get isLeader() {
            return leads;
          },
          run: async () => undefined,
        }),
      },
    );
    await untilOpen(1);
  });
  afterAll(async () => {
    await receiver.stop();
    await slack.close();
  });

  it('takes a click, acknowledges it once it is kept, and answers below the message', async () => {
    const body = webhookBody([webhookAlert()]);
    expect((await receiver.ask('/api/v1/alertmanager', { as: 'sender', body })).status).toBe(204);
    message = await until('a message', () => slack.messages[0]);
    expect(message.buttons.map(({ action_id: id }) => id)).toContain('verdict:false_alarm');
    const [line] = slack.sockets;
    const click = envelope('false_alarm');
    line?.send(click);
    await until('an acknowledgement', () => (line?.acknowledged.includes(click.envelope_id) ? true : undefined));
    expect(await verdicts('false_alarm')).toBe(1);
    expect(await until('a reply', () => message.replies[0])).toEqual({ text: '<@U1ANN> says: false alarm', ephemeral: false });
    expect(await connected()).toBe(1);
    // Slack repeats what it takes for lost.
    line?.send(click);
    await until('another acknowledgement', () => (line?.acknowledged.length === 2 ? true : undefined));
    expect(await verdicts('false_alarm')).toBe(1);
    expect(message.replies).toHaveLength(1);
  });

  it('acknowledges what it did not ask for, and what means nothing, and goes on', async () => {
    const [line] = slack.sockets;
    const before = line?.acknowledged.length ?? 0;
    for (const text of ['', '{', '[]', 'null', '"x"', '{"type":"hello"}']) line?.send(text);
    line?.send({ type: 'events_api', envelope_id: 'event', payload: { event: { type: 'app_home_opened' } } });
    line?.send({ type: 'interactive', envelope_id: 'view', payload: { type: 'view_submission', user: { id: 'U1' } } });
    line?.send({ type: 'interactive', envelope_id: 'nothing', payload: null });
    await until('three acknowledgements', () => (line?.acknowledged.length === before + 3 ? true : undefined));
    expect(slack.sockets).toHaveLength(1);
  });

  it('opens the next connection before the old one is closed, and hears both meanwhile', async () => {
    const [old] = slack.sockets;
    old?.send({ type: 'disconnect', reason: 'refresh_requested', debug_info: { host: 'applink-1' } });
    const next = await untilOpen(2);
    const [last, first] = [envelope('expected'), envelope('new_trend')];
    old?.send(last);
    next.send(first);
    await until('both', () =>
      old?.acknowledged.includes(last.envelope_id) && next.acknowledged.includes(first.envelope_id) ? true : undefined,
    );
    expect(await verdicts('expected')).toBe(1);
    expect(await verdicts('new_trend')).toBe(1);
    old?.cut();
    await untilOpen(1);
    expect(await connected()).toBe(1);
  });

  it('comes back when the line is cut or Slack is away, and says so meanwhile', async () => {
    slack.socketMode = false;
    slack.sockets[0]?.cut();
    await until('no connection', async () => ((await connected()) === 0 ? true : undefined));
    await until('failures', async () =>
      ((await receiver.metric('bellwether_cycle_failures_total{loop="slack",reason="upstream_unavailable"}')) ?? 0) > 0 ? true : undefined,
    );
    slack.socketMode = true;
    const line = await untilOpen(1);
    const click = envelope('confirmed');
    line.send(click);
    await until('an acknowledgement', () => (line.acknowledged.includes(click.envelope_id) ? true : undefined));
    expect(await verdicts('confirmed')).toBe(1);
  });

  it('is only for the leader', async () => {
    leads = false;
    await untilOpenNone();
    expect(await connected()).toBeUndefined();
    leads = true;
    await untilOpen(1);
  });
  const untilOpenNone = () => until('no connections', () => (slack.sockets.length === 0 ? true : undefined));
});
