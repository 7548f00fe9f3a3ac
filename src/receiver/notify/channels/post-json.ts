import { type HttpClient, readBody } from '../../../platform/index.ts';
import { type Delivery, TIMEOUT_MS } from '../channel.ts';

/** Answers of messengers are a few hundred bytes. */
const MAX_BYTES = 65_536;
const SECOND_MS = 1000;
/** A server that asks for a longer wait is asked again after this. */
const LONGEST_WAIT_MS = 3_600_000;

const waitOf = (text: string | undefined): { readonly waitMs?: number } => {
  const seconds = Number(text);
  return Number.isFinite(seconds) && seconds > 0 ? { waitMs: Math.min(LONGEST_WAIT_MS, seconds * SECOND_MS) } : {};
};

/** Posts a body as JSON, with a bearer token where there is one. `check` looks at the text of a good answer: some say 200 and mean no. */
export const postJson = async (
  http: HttpClient,
  { url, token, body }: { readonly url: string; readonly token: string | undefined; readonly body: unknown },
  check: (text: string) => Delivery = () => ({ ok: true }),
): Promise<Delivery> => {
  const response = await http.request({
    method: 'POST',
    url,
    headers: { 'content-type': 'application/json; charset=utf-8', ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) },
    body: JSON.stringify(body),
    timeoutMs: TIMEOUT_MS,
  });
  const text = Buffer.from(await readBody(response.body, MAX_BYTES)).toString('utf8');
  const { status } = response;
  if (status >= 200 && status < 300) return check(text);
  // 408 and 429 say "later"; every other 4xx says "never like this".
  const final = status < 500 && status !== 408 && status !== 429;
  return { ok: false, final, reason: `status ${status}`, ...(status === 429 ? waitOf(response.headers['retry-after']) : {}) };
};
