import type { ErrorRequestHandler, RequestHandler } from 'express';
import { BellwetherError, type FromSchema, type Logger, type Problem, toBellwetherError } from '../platform/index.ts';
import type { ERROR } from './error-schema.ts';

/** More would hide the first. */
const MOST_PROBLEMS = 5;

/** An answer of 400 that names the first field that is wrong. */
export class FieldError extends BellwetherError {
  readonly field: string;

  constructor(problems: readonly Problem[]) {
    super(
      'invalid_input',
      problems
        .slice(0, MOST_PROBLEMS)
        .map(({ message }) => message)
        .join('; '),
    );
    this.field = problems[0]?.key ?? '';
  }
}

/** What went wrong while a body was read, as express's reader names it. */
const BODY_ERRORS: Readonly<Record<string, BellwetherError>> = {
  'entity.too.large': new BellwetherError('too_large', 'the body is too large'),
  'entity.parse.failed': new BellwetherError('invalid_input', 'the body is not JSON'),
  'encoding.unsupported': new BellwetherError('invalid_input', 'the body must be plain or gzip'),
  'charset.unsupported': new BellwetherError('invalid_input', 'the body must be UTF-8'),
  'request.aborted': new BellwetherError('cancelled', 'the request was cut short'),
  'request.size.invalid': new BellwetherError('invalid_input', 'the body is not as long as its Content-Length says'),
};

const errorOf = (thrown: unknown): BellwetherError => {
  if (thrown instanceof BellwetherError) return thrown;
  const { type, status, body } = thrown as { readonly type?: unknown; readonly status?: unknown; readonly body?: unknown };
  const known = typeof type === 'string' ? BODY_ERRORS[type] : undefined;
  if (known) return known;
  // A check of the body's shape that failed, or a path that cannot be decoded.
  if (type === 'entity.verify.failed' || status === 400 || body !== undefined) {
    return new BellwetherError('invalid_input', thrown instanceof Error ? thrown.message : 'the request is malformed');
  }
  return toBellwetherError(thrown);
};

export const errorBody = (error: BellwetherError): FromSchema<typeof ERROR> => ({
  code: error.code,
  // What failed inside is for the log, not for strangers.
  message: error.code === 'internal' ? 'an internal error; the log says more' : error.message,
  ...(error instanceof FieldError && error.field !== '' ? { field: error.field } : {}),
});

/** Seconds after which the same request may succeed. */
const RETRY_SECONDS = 5;

/** What to answer for any error, whatever the form: a defect is logged here. */
export const errorResponse = (
  thrown: unknown,
  log: Pick<Logger, 'error'>,
): FromSchema<typeof ERROR> & { readonly status: number; readonly headers: Readonly<Record<string, string>> } => {
  const error = errorOf(thrown);
  if (error.code === 'internal') log.error({ err: error }, 'a request failed in a way that is a defect');
  return {
    ...errorBody(error),
    status: error.httpStatus,
    headers: error.retryable ? { 'Retry-After': String(RETRY_SECONDS) } : {},
  };
};

/** Turns any error into `{code, message, field?}` with its status. */
export const answerErrors =
  (log: Pick<Logger, 'error'>): ErrorRequestHandler =>
  (thrown, _request, response, next) => {
    if (response.headersSent) {
      next(thrown);
      return;
    }
    const { status, headers, ...body } = errorResponse(thrown, log);
    if (!response.get('Retry-After')) response.set(headers);
    response.status(status).json(body);
  };

export const answerNotFound: RequestHandler = (request, _response, next) => {
  next(new BellwetherError('not_found', `there is nothing at ${request.method} ${request.path}`));
};
