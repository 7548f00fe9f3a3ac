import { createLocalJWKSet, decodeProtectedHeader, errors, type JSONWebKeySet, type JWTPayload, jwtVerify } from 'jose';
import { BellwetherError, type Clock, dateOf, type HttpClient, readBody } from '../../platform/index.ts';
import type { ReceiverConfig } from '../config/schema.ts';
import type { Identity } from './identity.ts';

export type OidcConfig = NonNullable<ReceiverConfig['auth']['oidc']>;

/** Asymmetric ones alone: with a shared secret whoever checks tokens could make them. */
const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'];
/** A token is a header line; longer ones do not fit into one. */
const LONGEST_TOKEN = 16_384;
/** Keys of a provider are a few kilobytes. */
const MAX_BYTES = 262_144;
const MOST_KEYS = 100;
const TIMEOUT_MS = 5_000;
/** Providers announce keys hours before they use them. */
const KEYS_LIFE_MS = 600_000;
/** A token with an unknown key makes us ask anew, but not more often: anybody can make such a token. */
const LEAST_GAP_MS = 30_000;
const CLOCK_SKEW_SECONDS = 30;

/** Whose a token of an OpenID Connect provider is. */
export interface OidcVerifier {
  /** Undefined where it is not valid, or gives no role. Rejects with `not_ready` where the keys of the provider cannot be had. */
  identify(token: string): Promise<Identity | undefined>;
}

/** Three parts, as a signed token has (RFC 7515, 7.1). */
export const looksLikeJwt = (token: string): boolean => token.length <= LONGEST_TOKEN && /^[\w-]+\.[\w-]+\.[\w-]+$/.test(token);

const claimOf = (payload: JWTPayload, path: string): unknown =>
  // A claim may have dots in its own name, as addresses do.
  path in payload
    ? payload[path]
    : path.split('.').reduce<unknown>((value, key) => (value as Readonly<Record<string, unknown>> | undefined)?.[key], payload);

/** The highest role that the claim gives. */
export const roleOf = (
  payload: JWTPayload,
  { roleClaim, roles }: Pick<OidcConfig, 'roleClaim' | 'roles'>,
): Identity['role'] | undefined => {
  const value = claimOf(payload, roleClaim);
  const held = (Array.isArray(value) ? value : [value]).filter((one) => typeof one === 'string');
  return (['admin', 'responder', 'viewer'] as const).find((role) => roles[role]?.some((one) => held.includes(one)));
};

export const createOidcVerifier = (
  { http, clock }: { readonly http: HttpClient; readonly clock: Pick<Clock, 'nowMs'> },
  config: OidcConfig,
): OidcVerifier => {
  let keys: { readonly find: ReturnType<typeof createLocalJWKSet>; readonly ids: ReadonlySet<string>; readonly atMs: number } | undefined;
  let askedMs = Number.NEGATIVE_INFINITY;
  let asking: Promise<void> | undefined;

  const fetchJson = async (url: string): Promise<Readonly<Record<string, unknown>>> => {
    const response = await http.request({ method: 'GET', url, timeoutMs: TIMEOUT_MS });
    const text = Buffer.from(await readBody(response.body, MAX_BYTES)).toString('utf8');
    if (response.status !== 200) throw new BellwetherError('upstream_unavailable', `the provider answered ${response.status}`);
    return JSON.parse(text) as Readonly<Record<string, unknown>>;
  };
  const askForKeys = async (): Promise<void> => {
    // OpenID Connect Discovery 1.0, 4.1 and 4.3: the document must be about the very issuer that was asked for.
    const document = await fetchJson(`${config.issuer.replace(/\/+$/, '')}/.well-known/openid-configuration`);
    if (document.issuer !== config.issuer) throw new BellwetherError('corrupt_response', 'the provider calls itself by another name');
    const set = (await fetchJson(String(document.jwks_uri))) as unknown as JSONWebKeySet;
    const list = (set.keys ?? []).slice(0, MOST_KEYS);
    keys = { find: createLocalJWKSet({ keys: list }), ids: new Set(list.map(({ kid = '' }) => kid)), atMs: clock.nowMs() };
  };
  const refresh = async (): Promise<void> => {
    if (clock.nowMs() - askedMs >= LEAST_GAP_MS && !asking) {
      askedMs = clock.nowMs();
      asking = askForKeys().finally(() => {
        asking = undefined;
      });
    }
    await asking;
  };

  return {
    identify: async (token) => {
      if (!looksLikeJwt(token)) return undefined;
      try {
        const { kid = '' } = decodeProtectedHeader(token);
        if (!keys?.ids.has(kid) || clock.nowMs() - keys.atMs > KEYS_LIFE_MS) {
          await refresh().catch((error: unknown) => {
            // Keys that are known go on being good while the provider is away.
            if (!keys) throw error;
          });
        }
        if (!keys) throw new BellwetherError('not_ready', 'the keys of the provider are not known yet');
        const { payload } = await jwtVerify(token, keys.find, {
          issuer: config.issuer,
          audience: config.audience,
          algorithms: ALGORITHMS,
          clockTolerance: CLOCK_SKEW_SECONDS,
          currentDate: dateOf(clock.nowMs()),
          requiredClaims: ['exp'],
        });
        const role = roleOf(payload, config);
        const name = claimOf(payload, config.nameClaim);
        // Apart from the names of tokens in the configuration, which it must not be able to take.
        return role && typeof name === 'string' && name !== '' ? { name: `oidc:${name}`.slice(0, 253), role } : undefined;
      } catch (error) {
        if (error instanceof errors.JOSEError || error instanceof TypeError) return undefined;
        if (error instanceof BellwetherError && error.code !== 'not_ready')
          throw new BellwetherError('not_ready', `tokens cannot be checked: ${error.message}`, error);
        throw error;
      }
    },
  };
};
