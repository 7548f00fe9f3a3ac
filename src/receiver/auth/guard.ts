import type { Request, RequestHandler, Response } from 'express';
import { BellwetherError, type Clock, clientNameOf } from '../../platform/index.ts';
import { type Identity, mayAct, type Role } from './identity.ts';
import type { OidcVerifier } from './oidc.ts';
import { looksLikeJwt } from './oidc.ts';
import type { RateLimit } from './rate-limit.ts';
import { type Signer, seal, unseal } from './signature.ts';
import type { TokenTable } from './token-table.ts';

export const SESSION_COOKIE = 'bellwether_session';
const CSRF_HEADER = 'x-csrf-token';

type Refusal = 'no_credentials' | 'bad_credentials' | 'role' | 'rate' | 'csrf';

export interface GuardDeps {
  readonly tokens: Pick<TokenTable, 'identify'>;
  /** Tokens of an OpenID Connect provider; undefined without one. */
  readonly oidc?: OidcVerifier | undefined;
  /** By the common name of a verified client certificate. */
  readonly clients: (name: string) => Identity | undefined;
  readonly signer: Signer;
  readonly clock: Clock;
  /** Requests by identity, and failed attempts by address. */
  readonly requests: RateLimit;
  readonly failures: RateLimit;
  readonly onRefused: (reason: Refusal) => void;
}

export interface GuardOptions {
  readonly sessionMs: () => number;
}

const identities = new WeakMap<Request, Identity>();

/** Who asks; only behind `require`. */
export const identityOf = (request: Request): Identity => {
  const identity = identities.get(request);
  if (!identity) throw new BellwetherError('internal', 'a route without a guard');
  return identity;
};

const cookieOf = (request: Request, name: string): string | undefined =>
  request
    .get('cookie')
    ?.split(/; */)
    .find((part) => part.startsWith(`${name}=`))
    ?.slice(name.length + 1);

const bearerOf = (request: Request): string | undefined => /^Bearer +(\S+)$/i.exec(request.get('authorization') ?? '')?.[1];

/** Lets requests in by bearer token or session. */
export interface Guard {
  /** Lets pass who has the role; to be put before the body is read. */
  require(role: Role, options?: { readonly unlimited?: boolean; readonly form?: boolean }): RequestHandler;
  /** Begins a session; undefined where the token is nobody's. */
  logIn(request: Request, response: Response, token: string): Identity | undefined;
  logOut(response: Response): void;
  /** Text that a form of this session has to send back. */
  csrfToken(request: Request): string;
  /** Refuses a form that was not made for this session; behind the reading of the body. */
  checkForm(request: Request, token: unknown): void;
  /** Who has a session; undefined without one. */
  session(request: Request): Identity | undefined;
}

export const createGuard = (
  { tokens, oidc, clients, signer, clock, requests, failures, onRefused }: GuardDeps,
  { sessionMs }: GuardOptions,
): Guard => {
  const refuse = (reason: Refusal, error: BellwetherError): BellwetherError => {
    onRefused(reason);
    return error;
  };
  const addressOf = (request: Request): string => request.socket.remoteAddress ?? '';
  const session = (request: Request): Identity | undefined => {
    const cookie = cookieOf(request, SESSION_COOKIE);
    return cookie === undefined ? undefined : unseal<Identity>(signer, 'session', cookie, clock.nowMs());
  };
  const csrfToken = (request: Request): string => signer.sign('csrf', cookieOf(request, SESSION_COOKIE) ?? '');
  const isOurForm = (request: Request, token: unknown): boolean =>
    typeof token === 'string' && signer.verify('csrf', cookieOf(request, SESSION_COOKIE) ?? '', token);
  const wrongForm = (): BellwetherError =>
    refuse('csrf', new BellwetherError('forbidden', 'the form is too old, or was not made by this page: load it again'));

  const byToken = async (token: string): Promise<Identity | undefined> => {
    if (!oidc || !looksLikeJwt(token)) return undefined;
    return await oidc.identify(token);
  };

  const identify = async (request: Request): Promise<Identity> => {
    const token = bearerOf(request);
    if (token !== undefined) {
      // Guessing is slow, but a right token is never locked out by the guesses of others.
      const identity = tokens.identify(token) ?? (await byToken(token));
      if (identity) return identity;
      if (!failures.allows(addressOf(request))) throw refuse('rate', new BellwetherError('overloaded', 'too many wrong tokens'));
      throw refuse('bad_credentials', new BellwetherError('unauthorized', 'the token is not known'));
    }
    const client = clientNameOf(request.socket);
    const identity = (client === undefined ? undefined : clients(client)) ?? session(request);
    if (identity) return identity;
    throw refuse('no_credentials', new BellwetherError('unauthorized', 'a valid token is needed: Authorization: Bearer ...'));
  };

  return {
    session,
    csrfToken,
    require:
      (role, { unlimited = false, form = false } = {}) =>
      async (request, response, next) => {
        try {
          const identity = await identify(request);
          if (!mayAct(identity.role, role))
            throw refuse('role', new BellwetherError('forbidden', `this needs the role ${role}, but ${identity.name} is ${identity.role}`));
          if (!unlimited && !requests.allows(identity.name)) throw refuse('rate', new BellwetherError('overloaded', 'too many requests'));
          // A session goes along with requests that other sites cause; a script of ours says where it comes from. A form does so in its body, which its
          // route checks.
          const bySession = session(request) !== undefined && bearerOf(request) === undefined;
          if (bySession && request.method !== 'GET' && request.method !== 'HEAD' && !form) {
            if (!isOurForm(request, request.get(CSRF_HEADER))) throw wrongForm();
          }
          identities.set(request, identity);
          next();
        } catch (error) {
          if (error instanceof BellwetherError && error.code === 'unauthorized') response.set('WWW-Authenticate', 'Bearer');
          next(error);
        }
      },
    logIn: (request, response, token) => {
      const identity = tokens.identify(token);
      if (!identity) {
        if (!failures.allows(addressOf(request))) throw refuse('rate', new BellwetherError('overloaded', 'too many wrong tokens'));
        onRefused('bad_credentials');
        return undefined;
      }
      const untilMs = clock.nowMs() + sessionMs();
      response.cookie(SESSION_COOKIE, seal(signer, 'session', { ...identity, untilMs }), {
        httpOnly: true,
        sameSite: 'strict',
        secure: request.secure,
        maxAge: sessionMs(),
        path: '/',
      });
      return identity;
    },
    logOut: (response) => {
      response.clearCookie(SESSION_COOKIE, { path: '/' });
    },
    checkForm: (request, token) => {
      if (!isOurForm(request, token)) throw wrongForm();
    },
  };
};
