import { createFileReader, createLedger, createReceiverReader, type Verdict } from '../../feedback/index.ts';
import { BellwetherError, type HttpClient, readBody, readFile, validate } from '../../platform/index.ts';
import type { VerdictWindow } from './verdict-windows.ts';

const TIMEOUT_MS = 30_000;
const MAX_BYTES = 8 * 2 ** 20;
const MAX_FILE_BYTES = 32 * 2 ** 20;

const MASKS = {
  type: 'object',
  required: ['masks'],
  properties: {
    masks: {
      type: 'array',
      items: {
        type: 'object',
        required: ['id', 'namespace', 'workload', 'fromSeconds', 'toSeconds'],
        properties: {
          id: { type: 'string' },
          namespace: { type: 'string' },
          workload: { type: 'string' },
          fromSeconds: { type: 'number' },
          toSeconds: { type: 'number' },
        },
      },
    },
  },
} as const;

export interface Words {
  readonly verdicts: readonly Verdict[];
  readonly masks: readonly VerdictWindow[];
}

/** All verdicts of a receiver that count, and its masked stretches of the last month. Rejects as `createReceiverReader` does. */
export const readWordsOfReceiver = async (http: HttpClient, url: string, nowSeconds: number, signal: AbortSignal): Promise<Words> => {
  const ledger = createLedger();
  const reader = createReceiverReader(http, { url, timeoutMs: TIMEOUT_MS });
  // A reading has a bound of pages; what is left comes with the next.
  for (let more = true; more; ) {
    const { entries } = await reader.read(signal);
    ledger.apply(entries);
    more = entries.length > 0;
  }
  const from = Math.max(0, Math.floor(nowSeconds - 31 * 86_400));
  const response = await http.request({
    method: 'GET',
    url: `${url.replace(/\/+$/, '')}/api/v1/masks?from=${from}&limit=1000`,
    timeoutMs: TIMEOUT_MS,
    signal,
  });
  const text = Buffer.from(await readBody(response.body, MAX_BYTES)).toString('utf8');
  if (response.status !== 200) throw new BellwetherError('upstream_unavailable', `the receiver answered ${response.status} for masks`);
  const result = validate(MASKS, JSON.parse(text) as unknown);
  if (!result.ok) throw new BellwetherError('corrupt_response', 'the receiver sent no list of masks');
  return { verdicts: ledger.verdicts, masks: result.value.masks };
};

/** The verdicts of a file in the form of the feed. */
export const readWordsOfFile = async (path: string): Promise<Words> => {
  const ledger = createLedger();
  ledger.apply((await createFileReader(() => readFile(path, { maxBytes: MAX_FILE_BYTES })).read(new AbortController().signal)).entries);
  return { verdicts: ledger.verdicts, masks: [] };
};
