const UNITS = { d: 86_400, h: 3600, m: 60, s: 1 } as const;
// What Prometheus and its operator read, in whole seconds: largest unit first, each at most once, for example 1h30m.
const DURATION = /^(?=\d)(?:(\d{1,4})d)?(?:(\d{1,4})h)?(?:(\d{1,5})m)?(?:(\d{1,6})s)?$/;

/** Seconds of a Prometheus duration such as `90s` or `1h30m`; undefined where it is none. */
export const parseDuration = (text: string): number | undefined => {
  const parts = DURATION.exec(text);
  if (!parts) return undefined;
  return Object.values(UNITS).reduce((sum, seconds, i) => sum + Number(parts[i + 1] ?? 0) * seconds, 0);
};

/** The shortest way to write whole seconds as a Prometheus duration. */
export const formatDuration = (seconds: number): string => {
  let rest = seconds;
  const parts = Object.entries(UNITS).map(([unit, size]) => {
    const count = Math.floor(rest / size);
    rest -= count * size;
    return count === 0 ? '' : `${count}${unit}`;
  });
  return parts.join('') || '0s';
};
