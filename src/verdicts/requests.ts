import type { Verdict } from '../feedback/index.ts';
import { parseVerdict } from '../feedback/index.ts';
import { BellwetherError, type HttpClient, readBody } from '../platform/index.ts';

/** A verdict and what became of it in the scores. */
export interface LearnedVerdict {
  readonly verdict: Verdict;
  readonly state: string;
  readonly strength: number;
}

const MAX_BYTES = 64 * 1024 * 1024;
const TIMEOUT_MS = 15_000;

const ask = async (http: HttpClient, method: 'GET' | 'POST', url: string, body?: unknown): Promise<unknown> => {
  const response = await http.request({
    method,
    url,
    timeoutMs: TIMEOUT_MS,
    ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  });
  const text = new TextDecoder().decode(await readBody(response.body, MAX_BYTES));
  const parsed = ((): unknown => {
    try {
      return JSON.parse(text);
    } catch {
      return undefined;
    }
  })();
  if (response.status >= 200 && response.status < 300) return parsed;
  const said = typeof parsed === 'object' && parsed !== null && 'message' in parsed ? String(parsed.message) : `status ${response.status}`;
  if (response.status === 404) throw new BellwetherError('invalid_input', `${url}: ${said}`);
  throw new BellwetherError(
    response.status === 401 || response.status === 403 ? 'upstream_refused' : 'upstream_unavailable',
    `${url}: ${said}`,
  );
};

const isItem = (value: unknown): value is LearnedVerdict =>
  typeof value === 'object' &&
  value !== null &&
  'verdict' in value &&
  'state' in value &&
  typeof value.state === 'string' &&
  'strength' in value &&
  typeof value.strength === 'number' &&
  parseVerdict(value.verdict).ok;

/** What an exporter learned. Rejects with `upstream_...` where it does not answer, `corrupt_response` where that is no exporter. */
export const readLearned = async (http: HttpClient, exporter: string): Promise<readonly LearnedVerdict[]> => {
  const answer = await ask(http, 'GET', `${exporter.replace(/\/+$/, '')}/api/v1/verdicts`);
  const items: unknown = typeof answer === 'object' && answer !== null && 'items' in answer ? answer.items : undefined;
  if (!Array.isArray(items) || !items.every(isItem))
    throw new BellwetherError('corrupt_response', `${exporter} gave no list of verdicts: is it an exporter?`);
  return items;
};

/** Takes a verdict back. Gives the ids that no longer count; `invalid_input` where the receiver does not know it. */
export const undoAtReceiver = async (http: HttpClient, receiver: string, id: string, reason: string): Promise<readonly string[]> => {
  const url = `${receiver.replace(/\/+$/, '')}/api/v1/verdicts/${encodeURIComponent(id)}/undo`;
  const answer = await ask(http, 'POST', url, reason === '' ? {} : { reason });
  const undone: unknown = typeof answer === 'object' && answer !== null && 'undone' in answer ? answer.undone : undefined;
  return Array.isArray(undone) ? undone.map(String) : [id];
};
