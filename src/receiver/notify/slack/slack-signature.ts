import { createHmac, timingSafeEqual } from 'node:crypto';

/** Older requests may be somebody's copy. */
export const MOST_SKEW_SECONDS = 300;

export interface SlackRequest {
  /** `X-Slack-Request-Timestamp` and `X-Slack-Signature`. */
  readonly timestamp: string | undefined;
  readonly signature: string | undefined;
  /** The bytes as they came. */
  readonly body: Uint8Array;
}

/** Whether Slack has sent this, within the last five minutes: https://docs.slack.dev/authentication/verifying-requests-from-slack, version v0. */
export const isFromSlack = (secret: string, { timestamp = '', signature = '', body }: SlackRequest, nowMs: number): boolean => {
  if (secret === '' || !/^\d{1,12}$/.test(timestamp)) return false;
  if (Math.abs(nowMs / 1000 - Number(timestamp)) > MOST_SKEW_SECONDS) return false;
  const expected = Buffer.from(`v0=${createHmac('sha256', secret).update(`v0:${timestamp}:`).update(body).digest('hex')}`);
  const given = Buffer.from(signature);
  return given.length === expected.length && timingSafeEqual(given, expected);
};
