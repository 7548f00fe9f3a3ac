import { BellwetherError, type Clock, type Logger, type RequestListener, toBellwetherError } from '../../platform/index.ts';
import { answerReview, parseReview } from '../review/admission-review.ts';
import type { Reviewer, WebhookName } from '../review/reviewer.ts';
import type { AdmissionInstruments } from '../self/self-metrics.ts';

export interface ReviewListenerDeps {
  readonly reviewer: Reviewer;
  readonly clock: Clock;
  readonly log: Pick<Logger, 'warn'>;
  readonly instruments: AdmissionInstruments;
}

export interface ReviewListenerLimits {
  /** Two objects of the largest size that etcd takes, as JSON, fit well below. */
  readonly maxBodyBytes: number;
  /** Reviews whose bodies are being read or judged; more are answered 429, which the failure policy decides on. */
  readonly maxConcurrent: number;
  /** Time for the body to come; the API server gives up a second later. Who sends slowly must not take the places of others. */
  readonly deadlineMs: number;
}

const PATHS: Readonly<Record<string, WebhookName>> = {
  '/validate': 'all',
  '/validate/pod-security': 'pod-security',
  '/validate/others': 'others',
};

// Often enough for a deadline of seconds; a timer of its own for each review would cost more than reading its body.
const SWEEP_MS = 250;

interface Reading {
  readonly arrivedMs: number;
  readonly giveUp: (error: BellwetherError) => void;
}

type Request = Parameters<RequestListener>[0];
type Response = Parameters<RequestListener>[1];

/**
 * `POST /validate`, and `/validate/pod-security` and `/validate/others` for its two parts. Node's bare server: a router and a body parser
 * cost more than the judgement of a small object.
 */
export const createReviewListener = (
  { reviewer, clock, log, instruments: m }: ReviewListenerDeps,
  limits: () => ReviewListenerLimits,
): RequestListener => {
  let running = 0;
  const readings = new Set<Reading>();
  let isSweeping = false;
  const sweep = async (): Promise<void> => {
    isSweeping = true;
    while (readings.size > 0) {
      await clock.sleep(SWEEP_MS);
      const { deadlineMs } = limits();
      for (const { arrivedMs, giveUp } of readings)
        if (clock.monotonicMs() - arrivedMs >= deadlineMs)
          giveUp(new BellwetherError('timeout', `the body did not come within ${deadlineMs} ms`));
    }
    isSweeping = false;
  };
  const read = (request: Request, arrivedMs: number): Promise<Buffer> => {
    let reading: Reading | undefined;
    const late = new Promise<never>((_, giveUp) => {
      reading = { arrivedMs, giveUp };
      readings.add(reading);
    });
    if (!isSweeping) void sweep();
    return Promise.race([readBody(request, limits().maxBodyBytes), late]).finally(() => {
      if (reading) readings.delete(reading);
    });
  };

  const refuse = (response: Response, error: BellwetherError): void => {
    m.admissionRefused.inc({ reason: error.code });
    send(response, error.httpStatus, { error: { code: error.code, message: error.message } });
  };

  const handle = async (request: Request, response: Response, webhook: WebhookName): Promise<void> => {
    const arrivedMs = clock.monotonicMs();
    const body = await read(request, arrivedMs);
    const review = parseReview(parseJson(body));
    send(response, 200, answerReview(review.uid, await reviewer(review, webhook, arrivedMs)));
  };

  return (request, response) => {
    const path = request.url?.split('?', 1)[0] ?? '';
    const webhook = Object.hasOwn(PATHS, path) ? PATHS[path] : undefined;
    if (webhook === undefined) return refuse(response, new BellwetherError('not_found', 'reviews are taken at /validate'));
    if (request.method !== 'POST') return refuse(response, new BellwetherError('invalid_input', 'reviews are sent by POST'));
    if (running >= limits().maxConcurrent) return refuse(response, new BellwetherError('overloaded', 'too many reviews at a time'));
    running += 1;
    handle(request, response, webhook)
      .catch((thrown: unknown) => {
        const error = toBellwetherError(thrown);
        if (error.code !== 'cancelled') log.warn({ code: error.code, message: error.message }, 'a request was refused');
        refuse(response, error);
      })
      .finally(() => {
        running -= 1;
      });
  };
};

const send = (response: Response, status: number, content: object): void => {
  if (response.destroyed || response.headersSent) return;
  const body = JSON.stringify(content);
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) });
  // The rest of a body that was refused is not read; the connection goes with it.
  response.end(body, () => void ((status === 413 || status === 504) && response.req.destroy()));
};

const readBody = (request: Request, maxBytes: number): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > maxBytes) reject(new BellwetherError('too_large', `a review of more than ${maxBytes} bytes`));
      else chunks.push(chunk);
    });
    request.on('end', () => resolve(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, size)));
    request.on('error', reject);
    request.on('close', () => {
      // Also after the end, for each request: an error with its stack is not for nothing.
      if (!request.readableEnded) reject(new BellwetherError('cancelled', 'the connection was closed'));
    });
  });

const parseJson = (body: Buffer): unknown => {
  try {
    return JSON.parse(body.toString('utf8')) as unknown;
  } catch (error) {
    throw new BellwetherError('invalid_input', `the body is not JSON: ${(error as Error).message}`);
  }
};
