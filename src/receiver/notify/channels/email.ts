import { BellwetherError } from '../../../platform/index.ts';
import { type SendMessage, TIMEOUT_MS } from '../channel.ts';

/** A mail in plain text. Its links change nothing when a scanner opens them. */
export const sendAsMail: SendMessage = async ({ mail, secret }, channel, { id, title, text, pageUrl, verdictUrl }) => {
  if (!channel.mail) throw new BellwetherError('invalid_config', `channel ${channel.name} has no section mail`);
  const { from, to, ...server } = channel.mail;
  const password = await secret(channel);
  const links = [`Open: ${pageUrl}`, ...(verdictUrl === undefined ? [] : [`Judge it, once: ${verdictUrl}`])];
  await mail(
    { ...server, ...(password === undefined ? {} : { password }) },
    { from, to, subject: title, text: [text, ...links].filter(Boolean).join('\n\n'), messageId: `<${id}@bellwether>` },
    TIMEOUT_MS,
  );
  return { ok: true };
};
