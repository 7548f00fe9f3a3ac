import { createHash } from 'node:crypto';
import type { KubernetesObject } from '../../../../src/platform/index.ts';

/** What a controller writes into nginx.conf for a route, by where it stands. */
export interface Directives {
  readonly http: readonly string[];
  readonly location: readonly string[];
}

export const NO_DIRECTIVES: Directives = { http: [], location: [] };

interface Rule {
  readonly key: string;
  readonly rate: string;
  readonly burst?: number;
  readonly noDelay?: boolean;
  readonly zoneSize?: string;
}

interface FabricSpec {
  readonly rateLimit: {
    readonly dryRun?: boolean;
    readonly rejectCode?: number;
    readonly logLevel?: string;
    readonly local: { readonly rules: readonly Rule[] };
  };
}

const limitReq = (zone: string, { burst, noDelay }: Pick<Rule, 'burst' | 'noDelay'>): string =>
  `limit_req zone=${zone}${burst ? ` burst=${burst}` : ''}${noDelay ? ' nodelay' : ''};`;

const settings = ({
  dryRun,
  rejectCode,
  logLevel,
}: {
  readonly dryRun?: boolean;
  readonly rejectCode?: number;
  readonly logLevel?: string;
}) => [
  ...(logLevel === undefined ? [] : [`limit_req_log_level ${logLevel};`]),
  ...(rejectCode === undefined ? [] : [`limit_req_status ${rejectCode};`]),
  ...(dryRun === true ? ['limit_req_dry_run on;'] : []),
];

/** RateLimitPolicy on a route, after NGINX Gateway Fabric 2.6: internal/controller/nginx/config/policies/ratelimit/generator.go. */
export const fabricDirectives = ({ metadata, spec }: KubernetesObject): Directives => {
  const { rateLimit } = spec as FabricSpec;
  const zoned = rateLimit.local.rules.map((rule, i) => ({ ...rule, zone: `${metadata.namespace}_rl_${metadata.name}_rule${i}` }));
  return {
    http: zoned.map(({ key, zone, zoneSize = '10m', rate }) => `limit_req_zone ${key} zone=${zone}:${zoneSize} rate=${rate};`),
    location: [...zoned.map((rule) => limitReq(rule.zone, rule)), ...settings(rateLimit)],
  };
};

/**
 * Annotations of an Ingress, after ingress-nginx 1.15: internal/ingress/annotations/ratelimit/main.go, buildRateLimitZones and
 * buildRateLimit of controller/template/template.go, and nginx.tmpl. `statusCode` stands in its ConfigMap.
 */
export const ingressDirectives = ({ metadata }: KubernetesObject, statusCode = 503): Directives => {
  const text = (name: string): string => metadata.annotations?.[`nginx.ingress.kubernetes.io/${name}`] ?? '';
  const whole = (name: string): number => Number.parseInt(text(name), 10) || 0;
  const [perSecond, perMinute, connections] = [whole('limit-rps'), whole('limit-rpm'), whole('limit-connections')];
  if (perSecond + perMinute + connections === 0) return NO_DIRECTIVES;
  // 5 where the annotation is absent or no number.
  const multiplier = whole('limit-burst-multiplier') || 5;
  const zone = `${metadata.namespace}_${metadata.name}`;
  const id = createHash('sha256').update(zone).digest('hex').slice(0, 8);
  const allowed = text('limit-allowlist').split(',').filter(Boolean);
  const rates = [
    { unit: 's', count: perSecond, name: `${zone}_rps` },
    { unit: 'm', count: perMinute, name: `${zone}_rpm` },
  ].filter(({ count }) => count > 0);
  return {
    http: [
      `geo $remote_addr $allowlist_${id} { default 0; ${allowed.map((address) => `${address} 1; `).join('')}}`,
      `map $allowlist_${id} $limit_${id} { 0 $binary_remote_addr; 1 ""; }`,
      ...(connections > 0 ? [`limit_conn_zone $limit_${id} zone=${zone}_conn:5m;`] : []),
      ...rates.map(({ unit, count, name }) => `limit_req_zone $limit_${id} zone=${name}:5m rate=${count}r/${unit};`),
    ],
    location: [
      ...(connections > 0 ? [`limit_conn ${zone}_conn ${connections};`] : []),
      ...rates.map(({ count, name }) => `limit_req zone=${name} burst=${count * multiplier} nodelay;`),
      `limit_req_status ${statusCode};`,
      `limit_conn_status ${statusCode};`,
    ],
  };
};

interface IngressControllerSpec {
  readonly rateLimit: Rule & { readonly dryRun?: boolean; readonly rejectCode?: number; readonly logLevel?: string };
}

/** Policy of a VirtualServer, after F5 NGINX Ingress Controller 5: internal/configs/virtualserver.go and version2/*.tmpl. */
export const policyDirectives = ({ metadata, spec }: KubernetesObject): Directives => {
  const { rateLimit } = spec as IngressControllerSpec;
  const zone = `pol_rl_${metadata.namespace}_${metadata.name}`.replaceAll('-', '_');
  return {
    http: [`limit_req_zone ${rateLimit.key} zone=${zone}:${rateLimit.zoneSize ?? '10M'} rate=${rateLimit.rate};`],
    location: [limitReq(zone, rateLimit), ...settings({ logLevel: 'error', ...rateLimit, rejectCode: rateLimit.rejectCode ?? 503 })],
  };
};
