import express, { type ErrorRequestHandler, type Express, type RequestHandler } from 'express';
import { BellwetherError, type Logger } from '../../platform/index.ts';
import { answerErrors, answerNotFound, bareApp, errorResponse, ICON, isToken, requireToken, STYLESHEET } from '../../web/index.ts';
import { formPage, refusedPage, UPLOAD_STYLES } from './upload-page.ts';
import type { UploadPool } from './upload-pool.ts';

export interface ScanAppDeps {
  readonly pool: Pick<UploadPool, 'judge'>;
  readonly log: Pick<Logger, 'error'>;
  /** The token in force. Absent where none is asked for; undefined from it lets nobody in. */
  readonly token?: () => string | undefined;
}

export interface ScanAppLimits {
  readonly maxBytes: number;
  /** Uploads that are read, wait or are judged; more are answered 429. */
  readonly maxUploads: number;
}

// The frame of a form with one file.
const FORM_OVERHEAD_BYTES = 4096;
const MAX_NAME_LENGTH = 200;
const DEFAULT_NAME = 'upload.yaml';

// Manifests and archives by the names that are in use for them, and what curl says of a file unless told otherwise; forms are for the page.
const TYPES = /^($|text\/|application\/((x-)?(yaml|json|gzip|tar|gtar|octet-stream)|x-www-form-urlencoded)\b)/i;
const REALM = 'Basic realm="bellwether scan", charset="UTF-8"';

/** Browsers cannot send a bearer token by themselves: they ask for a password, which is the token; the name does not matter. */
const requirePassword =
  (expected: () => string | undefined): RequestHandler =>
  (request, response, next) => {
    const [, given = ''] = /^Basic +([\w+/=]+)$/i.exec(request.get('authorization') ?? '') ?? [];
    const [, password = ''] = /^[^:]*:(.*)$/s.exec(Buffer.from(given, 'base64').toString('utf8')) ?? [];
    const token = expected();
    if (token !== undefined && isToken(password, token)) return next();
    response.set('WWW-Authenticate', REALM);
    next(new BellwetherError('unauthorized', 'a valid token is needed, as the password'));
  };

/** A page of somebody else must not make a reader's browser work here. Other programs do not send this header. */
const refuseOtherSites: RequestHandler = (request, _response, next) => {
  const site = request.get('sec-fetch-site');
  next(
    site === 'cross-site' || site === 'same-site'
      ? new BellwetherError('forbidden', 'uploads from pages of other sites are refused')
      : undefined,
  );
};

const fileName = (given: unknown): string => {
  if (given === undefined) return DEFAULT_NAME;
  if (typeof given === 'string' && given !== '' && given.length <= MAX_NAME_LENGTH) return given;
  throw new BellwetherError('invalid_input', `file must be a name of at most ${MAX_NAME_LENGTH} characters`);
};

const bodyOf = (body: unknown): Uint8Array => {
  if (body instanceof Uint8Array && body.length > 0) return body;
  throw new BellwetherError('invalid_input', 'the body is empty');
};

/** `POST /api/v1/scan`, and a page at `/` for people. Nothing is kept of what is uploaded. */
export const createScanApp = ({ pool, log, token }: ScanAppDeps, { maxBytes, maxUploads }: ScanAppLimits): Express => {
  let uploads = 0;
  /** Counted before the body is read: bodies that are read take memory, too. */
  const admit: RequestHandler = (_request, response, next) => {
    if (uploads >= maxUploads) return next(new BellwetherError('overloaded', `there are ${maxUploads} uploads already`));
    uploads += 1;
    response.once('close', () => {
      uploads -= 1;
    });
    next();
  };
  const open: RequestHandler = (_request, _response, next) => next();
  const guardApi = token ? requireToken(token, () => undefined) : open;
  const guardPage = token ? requirePassword(token) : open;
  const read = (limit: number): RequestHandler => express.raw({ limit, type: () => true });
  const checkType: RequestHandler = (request, _response, next) =>
    next(
      TYPES.test(request.get('content-type') ?? '')
        ? undefined
        : new BellwetherError(
            'invalid_input',
            'the body must be a manifest or an archive: Content-Type: application/yaml or application/gzip',
          ),
    );
  const answerAsPage: ErrorRequestHandler = (thrown, _request, response, next) => {
    const { status, headers, message } = errorResponse(thrown, log);
    if (response.headersSent) return next(thrown);
    response.status(status).set(headers).type('html').send(refusedPage(message));
  };

  const app = bareApp();
  app.set('query parser', 'simple');
  app.use((_request, response, next) => {
    response.set('Cache-Control', 'no-store');
    next();
  });
  app.get('/healthz', (_request, response) => void response.type('text/plain').send('ok\n'));
  app.get('/assets/page.css', (_request, response) => void response.type('css').send(STYLESHEET + UPLOAD_STYLES));
  app.get('/assets/icon.svg', (_request, response) => void response.type('svg').send(ICON));
  app.post('/api/v1/scan', guardApi, refuseOtherSites, checkType, admit, read(maxBytes), async (request, response) => {
    const upload = { as: 'json', body: bodyOf(request.body), type: '', file: fileName(request.query.file) } as const;
    response.type('json').send(await pool.judge(upload));
  });
  app.get('/', guardPage, (_request, response) => void response.type('html').send(formPage()));
  app.post('/', guardPage, refuseOtherSites, admit, read(maxBytes + FORM_OVERHEAD_BYTES), async (request, response) => {
    const upload = { as: 'page', body: bodyOf(request.body), type: request.get('content-type') ?? '', file: '' } as const;
    response.type('html').send(await pool.judge(upload));
  });
  app.use('/api', answerNotFound, answerErrors(log));
  app.use(answerNotFound, answerAsPage);
  return app;
};
