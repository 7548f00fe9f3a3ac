import { RECORDING_WINDOW_SECONDS, WORKLOAD_ALERT } from '../../conventions/index.ts';
import type { RuleSettings } from './bundle.ts';
import { formatDuration } from './duration.ts';
import type { OptionSection } from './section.ts';

/** Fewer scrapes in a window leave nothing after one or two lost ones. */
export const MIN_SCRAPES_PER_WINDOW = 4;
const DAY = 86_400;

export const parseRules = (section: OptionSection, scrapeSeconds: number): RuleSettings => {
  const leastWindow = MIN_SCRAPES_PER_WINDOW * scrapeSeconds;
  const leastLimit = `at least ${formatDuration(leastWindow)}, ${MIN_SCRAPES_PER_WINDOW} scrapes of ${formatDuration(scrapeSeconds)}`;
  const windowOf = (from: OptionSection, fallbackSeconds: number): number => {
    const seconds = from.duration('window', formatDuration(fallbackSeconds), { min: 1, max: DAY });
    if (seconds < leastWindow) from.refuse('window', leastLimit);
    return seconds;
  };
  const recording = section.flag('recording', true);
  if (recording && RECORDING_WINDOW_SECONDS < leastWindow) {
    const most = formatDuration(RECORDING_WINDOW_SECONDS / MIN_SCRAPES_PER_WINDOW);
    section.refuse('recording', `false where scrape.interval is above ${most}: the windows of the recording rules are four such scrapes`);
  }
  const workload = section.section('workload');
  const sustained = workload.optionalSection('sustained');
  return {
    intervalSeconds: section.duration('interval', '30s', { min: 5, max: 600 }),
    recording,
    labels: section.labels('labels'),
    workload: {
      windowSeconds: windowOf(workload, WORKLOAD_ALERT.windowSeconds),
      threshold: workload.number('threshold', WORKLOAD_ALERT.threshold, { min: 0.5, max: 10 }),
      keepFiringForSeconds: workload.duration('keepFiringFor', formatDuration(WORKLOAD_ALERT.keepFiringForSeconds), { min: 0, max: DAY }),
      severity: workload.oneOf('severity', ['warning', 'info'], WORKLOAD_ALERT.severity),
      sustained: sustained && {
        windowSeconds: windowOf(sustained, 900),
        share: sustained.number('share', 0.5, { min: 0.05, max: 1 }),
      },
    },
    stormWorkloads: section.integer('stormWorkloads', 10, { min: 2, max: 10_000 }),
  };
};
