import { createHmac } from 'node:crypto';
import { isFromSlack } from './slack-signature.ts';

// The worked example of Slack's own page on verifying requests.
const SECRET = '8f742231b10e8888abcd99yyyzzz85a5';
const BODY =
  'token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c';
const SIGNATURE = 'v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503';
const TIMESTAMP = '1531420618';
const atMs = 1_531_420_618_000;
const request = { timestamp: TIMESTAMP, signature: SIGNATURE, body: Buffer.from(BODY) };

describe('isFromSlack', () => {
  it("takes the example of Slack's page", () => {
    expect(isFromSlack(SECRET, request, atMs)).toBe(true);
  });

  it.each([
    ['another secret', 'other', request, atMs],
    ['no secret', '', { ...request, signature: `v0=${createHmac('sha256', '').update(`v0:${TIMESTAMP}:${BODY}`).digest('hex')}` }, atMs],
    ['another body', SECRET, { ...request, body: Buffer.from(`${BODY}x`) }, atMs],
    ['another time', SECRET, { ...request, timestamp: '1531420619' }, atMs],
    ['no signature', SECRET, { ...request, signature: undefined }, atMs],
    ['no time', SECRET, { ...request, timestamp: undefined }, atMs],
    ['a copy of more than five minutes ago', SECRET, request, atMs + 301_000],
    ['a time of more than five minutes ahead', SECRET, request, atMs - 301_000],
  ])('refuses %s', (_what, secret, given, nowMs) => {
    expect(isFromSlack(secret, given, nowMs)).toBe(false);
  });

  it('takes a request that is four minutes old', () => {
    expect(isFromSlack(SECRET, request, atMs + 240_000)).toBe(true);
  });
});
