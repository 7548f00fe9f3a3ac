import type { HttpClient, HttpRequest } from '../platform/index.ts';

/** A prepared answer; `body` may be cut into parts, and an Error among them is thrown where it stands. */
export interface FakeAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array | readonly (Uint8Array | Error)[];
}

export interface FakeHttpClient extends HttpClient {
  readonly requests: readonly HttpRequest[];
}

/** An HTTP client whose answers a function gives; a thrown error is a failed exchange. */
export const fakeHttpClient = (answer: (request: HttpRequest, index: number) => FakeAnswer): FakeHttpClient => {
  const requests: HttpRequest[] = [];
  return {
    requests,
    request: async (request) => {
      requests.push(request);
      const { status = 200, headers = {}, body = '' } = answer(request, requests.length - 1);
      const parts = typeof body === 'string' ? [Buffer.from(body)] : body instanceof Uint8Array ? [body] : body;
      return {
        status,
        headers,
        body: (async function* () {
          for (const part of parts) {
            if (part instanceof Error) throw part;
            yield part;
          }
        })(),
      };
    },
    close: async () => undefined,
  };
};
