import { BellwetherError, type ErrorCode } from '../error.ts';

/** `metav1.Status`, the body of every refusal. */
interface Status {
  readonly reason?: string;
  readonly message?: string;
}

// What a caller can do about an answer. 409 is both "exists already" and "changed in the meantime"; 410 is a resource version that is too old.
const CODES: Readonly<Record<number, ErrorCode>> = {
  400: 'invalid_input',
  401: 'unauthorized',
  403: 'forbidden',
  404: 'not_found',
  405: 'upstream_unsupported',
  406: 'upstream_unsupported',
  409: 'conflict',
  410: 'corrupt_response',
  413: 'too_large',
  415: 'upstream_unsupported',
  422: 'invalid_input',
  429: 'overloaded',
  500: 'upstream_unavailable',
  502: 'upstream_unavailable',
  503: 'upstream_unavailable',
  504: 'timeout',
};

const MAX_MESSAGE_LENGTH = 2000;

const statusOf = (text: string): Status => {
  try {
    const parsed = JSON.parse(text) as unknown;
    return typeof parsed === 'object' && parsed !== null ? (parsed as Status) : {};
  } catch {
    // A proxy before the API server answers in HTML.
    return {};
  }
};

/** A refusal of the API server; `status` is the HTTP one. `conflict` = it exists already, or was changed since it was read. */
export class KubernetesApiError extends BellwetherError {
  readonly status: number;
  /** `AlreadyExists`, `Conflict`, `Expired`, `Invalid`, ...; empty where the answer was not the API server's own. */
  readonly reason: string;

  constructor(what: string, status: number, body: string) {
    const { reason = '', message } = statusOf(body);
    const said = message ?? `HTTP ${status}`;
    super(CODES[status] ?? 'upstream_refused', `${what}: ${said.slice(0, MAX_MESSAGE_LENGTH)}`);
    this.name = 'KubernetesApiError';
    this.status = status;
    this.reason = reason;
  }
}

/** Whether a watch or a page of a list has to begin anew, because the server no longer knows its place. */
export const isExpired = (thrown: unknown): boolean => thrown instanceof KubernetesApiError && thrown.status === 410;
