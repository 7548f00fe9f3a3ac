/** A rate in whole requests, as every data plane wants it. */
export interface WholeRate {
  readonly count: number;
  readonly per: 'second' | 'minute';
}

// From here on a fraction of a request per second is less than a tenth of the limit.
const FRACTIONS_MATTER_BELOW = 10;
const MINUTE = 60;

/** The given rate or the next lower one: a limit never lets more through than was approved. At least one request per minute. */
export const wholeRate = (requestsPerSecond: number): WholeRate =>
  Number.isInteger(requestsPerSecond) || requestsPerSecond >= FRACTIONS_MATTER_BELOW
    ? { count: Math.floor(requestsPerSecond), per: 'second' }
    : { count: Math.max(1, Math.floor(requestsPerSecond * MINUTE)), per: 'minute' };

/** As `limit_req_zone` reads it: `10r/s` or `30r/m` (https://nginx.org/en/docs/http/ngx_http_limit_req_module.html). */
export const nginxRate = (requestsPerSecond: number): string => {
  const { count, per } = wholeRate(requestsPerSecond);
  return `${count}r/${per === 'second' ? 's' : 'm'}`;
};
