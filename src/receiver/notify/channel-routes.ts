import { Router } from 'express';
import { BellwetherError, formatTime } from '../../platform/index.ts';
import { identityOf } from '../auth/guard.ts';
import type { ReceiverParts } from '../receiver-parts.ts';
import { appendAudit } from '../store/audit-store.ts';
import type { ChannelDeps } from './channel.ts';
import type { Message } from './message.ts';
import { countWaiting } from './outbox.ts';
import { deliver } from './send-cycle.ts';

/** A message that says where it comes from and that nobody has to act on it. */
export const testMessage = (nowMs: number, by: string, pageUrl: string): Message => ({
  id: `test.${nowMs}`,
  title: 'Bellwether: a test message',
  text: `${by} has sent it at ${formatTime(nowMs)}. Nothing has happened, and nothing has to be done.`,
  severity: 'info',
  alerts: [],
  pageUrl,
  verdictUrl: undefined,
});

/** The channels, and a message to try one. */
export const createChannelRoutes = (
  { guard, config, database, commit, clock, baseUrl }: ReceiverParts,
  channelDeps: ChannelDeps,
): Router => {
  const router = Router();

  router.get('/api/v1/channels', guard.require('viewer'), async (_request, response) => {
    const waiting = await countWaiting(database);
    response.json({
      channels: config().notify.channels.map(({ name, kind, perHour }) => ({ name, kind, perHour, waiting: waiting.get(name) ?? 0 })),
    });
  });

  router.post('/api/v1/channels/:name/test', guard.require('admin'), async (request, response) => {
    const name = String(request.params.name);
    const channel = config().notify.channels.find((one) => one.name === name);
    if (!channel) throw new BellwetherError('not_found', `there is no channel ${name}`);
    const { name: who, role } = identityOf(request);
    const result = await deliver(channelDeps, channel, testMessage(clock.nowMs(), who, `${baseUrl()}/`));
    await commit.write((tx) =>
      appendAudit(tx, { atMs: clock.nowMs(), who, role, action: 'channel.test', subject: name, details: { ok: result.ok } }),
    );
    if (!result.ok) throw new BellwetherError('upstream_unavailable', `the message was not delivered: ${result.reason}`);
    response.json({ delivered: true });
  });
  return router;
};
