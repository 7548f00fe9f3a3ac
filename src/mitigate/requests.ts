import { BellwetherError, type HttpClient, readBody } from '../platform/index.ts';

const MAX_BYTES = 16 * 1024 * 1024;
const TIMEOUT_MS = 15_000;

interface ErrorAnswer {
  readonly message?: string;
  readonly error?: { readonly message?: string };
}

/** Asks the receiver; rejects with its own words where it refuses. */
export const askReceiver = async (
  http: HttpClient,
  receiver: string,
  method: 'GET' | 'POST',
  path: string,
  body?: unknown,
): Promise<unknown> => {
  const url = `${receiver.replace(/\/+$/, '')}/api/v1/mitigations${path}`;
  const answer = await http.request({
    method,
    url,
    timeoutMs: TIMEOUT_MS,
    ...(method === 'GET' ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body ?? {}) }),
  });
  const text = Buffer.from(await readBody(answer.body, MAX_BYTES)).toString('utf8');
  const parsed = ((): unknown => {
    try {
      return JSON.parse(text);
    } catch {
      return undefined;
    }
  })();
  if (answer.status >= 200 && answer.status < 300) return parsed;
  const { message, error } = (parsed ?? {}) as ErrorAnswer;
  const plain = message ?? error?.message ?? `status ${answer.status}`;
  const said = answer.status === 401 ? `${plain} (--token-file names the file with yours)` : plain;
  // What the caller asked for cannot be: exit code 2. All else may be better another time.
  throw new BellwetherError(
    answer.status === 400 || answer.status === 404 || answer.status === 409 ? 'invalid_input' : 'upstream_refused',
    said,
  );
};
