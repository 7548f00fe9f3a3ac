import express, { type RequestHandler } from 'express';
import { BellwetherError } from '../platform/index.ts';

export interface BodyLimits {
  readonly maxBytes: number;
  /** Nesting of lists and objects. */
  readonly maxDepth: number;
  /** Keys over all objects: each may cost a message where it is wrong. */
  readonly maxKeys: number;
}

const [QUOTE, BACKSLASH, COLON, OPEN_LIST, OPEN_OBJECT, CLOSE_LIST, CLOSE_OBJECT] = Buffer.from('"\\:[{]}');

/** Refuses a text whose shape alone would cost too much, before anything is made of it. */
export const checkShape = (text: Uint8Array, { maxDepth, maxKeys }: Pick<BodyLimits, 'maxDepth' | 'maxKeys'>): void => {
  let [depth, keys, inString] = [0, 0, false];
  for (let i = 0; i < text.length; i++) {
    const byte = text[i];
    if (inString) {
      if (byte === BACKSLASH) i++;
      else if (byte === QUOTE) inString = false;
    } else if (byte === QUOTE) inString = true;
    else if (byte === COLON) keys++;
    else if (byte === OPEN_LIST || byte === OPEN_OBJECT) depth++;
    else if (byte === CLOSE_LIST || byte === CLOSE_OBJECT) depth--;
    if (depth > maxDepth) throw new BellwetherError('invalid_input', `the body is nested more than ${maxDepth} levels deep`);
    if (keys > maxKeys) throw new BellwetherError('invalid_input', `the body has more than ${maxKeys} keys`);
  }
};

/** Reads a JSON body, plain or gzip, within bounds. Another content type is refused: a form of another site cannot send this one. */
export const jsonBody =
  (limits: () => BodyLimits): RequestHandler =>
  (request, response, next) => {
    if (!request.is('application/json')) {
      next(new BellwetherError('invalid_input', 'the body must be JSON, with Content-Type: application/json'));
      return;
    }
    const bounds = limits();
    express.json({ limit: bounds.maxBytes, strict: true, verify: (_request, _response, text) => checkShape(text, bounds) })(
      request,
      response,
      next,
    );
  };
