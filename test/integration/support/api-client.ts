import { Ajv2020, type AnySchemaObject } from 'ajv/dist/2020.js';

/** An answer, and what it has against the schema that it should follow. */
export interface ApiAnswer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
  readonly problems: readonly string[];
}

/** Asks the API, and judges its answers by its own OpenAPI document. */
export interface ApiClient {
  get(path: string, schema: string): Promise<ApiAnswer>;
  post(path: string, body: unknown, schema: string, token?: string): Promise<ApiAnswer>;
}

const TIMEOUT_MS = 20_000;

export const createApiClient = async (url: string): Promise<ApiClient> => {
  // The document has keywords that are not of JSON Schema.
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  const document = (await (await fetch(`${url}/api/v1/openapi.json`)).json()) as AnySchemaObject;
  ajv.addSchema(document, 'api');

  const ask = async (path: string, init: RequestInit, schema: string): Promise<ApiAnswer> => {
    const validate = ajv.getSchema(`api#/components/schemas/${schema}`);
    if (!validate) throw new Error(`the document has no schema ${schema}`);
    const answer = await fetch(`${url}${path}`, { ...init, signal: AbortSignal.timeout(TIMEOUT_MS) });
    const body = (await answer.json()) as ApiAnswer['body'];
    const problems = validate(body) ? [] : (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
    return { status: answer.status, body, problems };
  };
  return {
    get: (path, schema) => ask(path, {}, schema),
    post: (path, body, schema, token) => {
      const headers = { 'content-type': 'application/json', ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) };
      return ask(path, { method: 'POST', headers, body: JSON.stringify(body) }, schema);
    },
  };
};
