/** How many of evenly spaced requests a bucket lets through that is filled at intervals, as Envoy's local rate limit is. */
export const passedByBucket = (
  bucket: { readonly max: number; readonly perFill: number; readonly fillMs: number },
  load: { readonly requestsPerSecond: number; readonly seconds: number },
): number => {
  let [tokens, passed, fills] = [bucket.max, 0, 0];
  for (let i = 0; i < load.requestsPerSecond * load.seconds; i++) {
    const due = Math.floor((i * 1000) / load.requestsPerSecond / bucket.fillMs);
    tokens = Math.min(bucket.max, tokens + (due - fills) * bucket.perFill);
    fills = due;
    if (tokens >= 1) {
      tokens -= 1;
      passed += 1;
    }
  }
  return passed;
};

/** The same for a count that begins anew with each window, as Kong and Limitador have it. */
export const passedByWindows = (
  window: { readonly limit: number; readonly seconds: number },
  load: { readonly requestsPerSecond: number; readonly seconds: number },
): number => {
  const counts = new Map<number, number>();
  for (let i = 0; i < load.requestsPerSecond * load.seconds; i++) {
    const at = Math.floor(i / load.requestsPerSecond / window.seconds);
    counts.set(at, Math.min(window.limit, (counts.get(at) ?? 0) + 1));
  }
  return [...counts.values()].reduce((sum, count) => sum + count, 0);
};
