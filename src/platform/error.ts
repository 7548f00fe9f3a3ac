/** Everything that can go wrong, as a closed set. */
export const ERROR_CODES = {
  invalid_input: { httpStatus: 400, retry: false },
  unauthorized: { httpStatus: 401, retry: false },
  forbidden: { httpStatus: 403, retry: false },
  not_found: { httpStatus: 404, retry: false },
  conflict: { httpStatus: 409, retry: false },
  too_large: { httpStatus: 413, retry: false },
  overloaded: { httpStatus: 429, retry: true },
  internal: { httpStatus: 500, retry: false },
  not_ready: { httpStatus: 503, retry: true },
  upstream_unavailable: { httpStatus: 502, retry: true },
  upstream_refused: { httpStatus: 502, retry: false },
  upstream_unsupported: { httpStatus: 502, retry: false },
  corrupt_response: { httpStatus: 502, retry: true },
  limit_exceeded: { httpStatus: 502, retry: false },
  timeout: { httpStatus: 504, retry: true },
  cancelled: { httpStatus: 499, retry: false },
  invalid_config: { httpStatus: 500, retry: false },
} as const satisfies Record<string, { httpStatus: number; retry: boolean }>;

export type ErrorCode = keyof typeof ERROR_CODES;

/** The one error type that crosses a module border. `code` is also the metric reason. */
export class BellwetherError extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'BellwetherError';
    this.code = code;
  }

  get httpStatus(): number {
    return ERROR_CODES[this.code].httpStatus;
  }

  /** Whether the same call may succeed later. */
  get retryable(): boolean {
    return ERROR_CODES[this.code].retry;
  }
}

/** Any thrown thing as a BellwetherError; unknown ones become `internal`. */
export const toBellwetherError = (thrown: unknown): BellwetherError =>
  thrown instanceof BellwetherError
    ? thrown
    : new BellwetherError('internal', thrown instanceof Error ? thrown.message : String(thrown), thrown);
