import { type AlertCases, own } from './alert-case.ts';

const READY = 'bellwether_admission_ready{pod="p"}';
const LEAF = 'bellwether_admission_certificate_expiry_timestamp_seconds{pod="p",certificate="leaf"}';
const FALLBACKS = 'bellwether_admission_fallbacks_total{pod="p",reason="timeout"}';
const FAIL_OPEN = 'apiserver_admission_webhook_fail_open_count{name="policies.bellwether.dev",type="validating"}';
const EXPIRING = 'bellwether_admission_exceptions{pod="p",state="expiring"}';
const DOWN = own('critical', {});
const OPEN = own('warning', { name: 'policies.bellwether.dev' });
const FALLBACK = own('warning', { reason: 'timeout' });
const ENDING = own('critical', { pod: 'p', certificate: 'leaf' });

const NONE = '0x120';
/** A thousand reviews in half a minute, of which so many take up to half a second, and the others up to a second. */
const durations = (withinHalf: number, course = '0+RISEx120'): Record<string, string> => {
  const bucket = (le: string): string => `bellwether_admission_review_duration_seconds_bucket{pod="p",le="${le}"}`;
  const rising = (count: number): string => course.replace('RISE', String(count)).replace('END', String(30 * count));
  return { [bucket('0.25')]: NONE, [bucket('0.5')]: rising(withinHalf), [bucket('1')]: rising(1000), [bucket('+Inf')]: rising(1000) };
};
/** All beyond the last bucket: the quantile is then its bound, half a second to the digit. */
const EXACTLY_HALF = Object.fromEntries(
  ['0.25', '0.5', '+Inf'].map((le) => [
    `bellwether_admission_review_duration_seconds_bucket{pod="p",le="${le}"}`,
    le === '+Inf' ? '0+10x120' : NONE,
  ]),
);

export const ADMISSION_CASES: AlertCases = {
  BellwetherAdmissionDown: [
    {
      kind: 'fires',
      what: 'no replica is ready',
      series: { [READY]: '1x4 0x60', 'bellwether_admission_ready{pod="q"}': '0x64' },
      firing: { '7m30s': [DOWN], '7m': [] },
      says: {
        summary: 'No admission webhook is ready',
        description:
          'For five minutes no pod has answered reviews. What the failure policy says happens to every request: with Ignore, all pass.',
      },
    },
    {
      kind: 'quiet',
      what: 'one of two is',
      series: { [READY]: '1x60', 'bellwether_admission_ready{pod="q"}': '0x60' },
      firing: { '20m': [] },
    },
    { kind: 'resolves', what: 'one is ready again', series: { [READY]: '0x19 1x20' }, firing: { '9m30s': [DOWN], '10m': [] } },
    { kind: 'missing', what: 'there never was one', series: {}, firing: { '5m': [DOWN], '4m30s': [] } },
  ],
  BellwetherAdmissionFailOpen: [
    {
      kind: 'fires',
      what: 'the API server gets no answer',
      series: { [FAIL_OPEN]: '0x9 1+1x40' },
      firing: { '10m': [OPEN], '9m30s': [] },
      says: {
        summary: 'The API server lets requests pass unjudged by policies.bellwether.dev',
        description:
          'It gets no answer in time, or none at all, from pods that may look healthy. The network between the two is the first suspect.',
      },
    },
    {
      kind: 'quiet',
      what: 'it is a webhook of others, or all is well',
      series: {
        'apiserver_admission_webhook_fail_open_count{name="policies.example.com",type="validating"}': '0+1x60',
        'apiserver_admission_webhook_fail_open_count{name="xbellwether-dev",type="validating"}': '0+1x60',
        [FAIL_OPEN]: '7x60',
      },
      firing: { '20m': [] },
    },
    {
      kind: 'resolves',
      what: 'ten minutes after the last one',
      series: { [FAIL_OPEN]: '0x9 1 2x60' },
      firing: { '14m30s': [OPEN], '15m': [] },
    },
    { kind: 'missing', what: 'the API server is not scraped', series: { [FAIL_OPEN]: '0 5 stale' }, firing: { '20m': [] } },
  ],
  BellwetherAdmissionFallbacks: [
    {
      kind: 'fires',
      what: 'reviews are not judged',
      series: { [FALLBACKS]: '0x9 1+1x40' },
      firing: { '10m': [FALLBACK], '9m30s': [] },
      says: {
        summary: 'Reviews get the fallback instead of a judgement: timeout',
        description: 'The webhook answered in time, but could not judge. The log names each request.',
      },
    },
    { kind: 'quiet', what: 'what was before is over', series: { [FALLBACKS]: '7x60' }, firing: { '20m': [] } },
    {
      kind: 'resolves',
      what: 'ten minutes after the last one',
      series: { [FALLBACKS]: '0x9 1 2x60' },
      firing: { '14m30s': [FALLBACK], '15m': [] },
    },
    { kind: 'missing', what: 'the webhook is gone', series: { [FALLBACKS]: '0 5 stale' }, firing: { '20m': [] } },
  ],
  BellwetherAdmissionSlow: [
    {
      kind: 'fires',
      what: 'a little more than one in a hundred takes longer than half a second',
      series: durations(989),
      firing: { '10m30s': [own('warning', {})], '10m': [] },
      says: {
        summary: 'One review in a hundred takes longer than 545.5ms',
        description:
          'Everybody who applies a manifest waits that long, and after two seconds there is only the fallback. More replicas help.',
      },
    },
    { kind: 'quiet', what: 'it is half a second to the digit', series: EXACTLY_HALF, firing: { '30m': [] } },
    { kind: 'quiet', what: 'nobody asks', series: durations(0, '5x120'), firing: { '30m': [] } },
    {
      kind: 'resolves',
      what: 'five minutes after the last slow one',
      series: durations(0, '0+RISEx30 ENDx60'),
      firing: { '19m': [own('warning', {})], '19m30s': [] },
    },
    { kind: 'missing', what: 'the webhook is gone', series: durations(0, '0+RISEx4 stale'), firing: { '20m': [] } },
  ],
  BellwetherAdmissionCertificateExpiring: [
    {
      kind: 'fires',
      what: 'less than a week is left for an hour',
      series: { [LEAF]: '604800x300' },
      firing: { '1h30s': [ENDING], '1h': [] },
      says: {
        summary: 'The leaf certificate of the admission webhook ends in 6d 22h 59m 30s',
        description:
          'It is renewed two weeks ahead, so something keeps it from being renewed. When it ends, the API server gets no answer any more.',
      },
    },
    { kind: 'quiet', what: 'a week is left', series: { [LEAF]: '604800+30x300' }, firing: { '2h': [] } },
    { kind: 'resolves', what: 'it is renewed', series: { [LEAF]: '604799x139 9999999x20' }, firing: { '1h9m30s': [ENDING], '1h10m': [] } },
    { kind: 'missing', what: 'the webhook is gone', series: { [LEAF]: '0x4 stale' }, firing: { '2h': [] } },
  ],
  BellwetherPolicyExceptionsExpiring: [
    {
      kind: 'fires',
      what: 'an exception ends within a week',
      series: { [EXPIRING]: '2x300', 'bellwether_admission_exceptions{pod="q",state="expiring"}': '1x300' },
      firing: { '1h': [own('info', {})], '59m30s': [] },
      says: {
        summary: '2 policy exceptions end within a week',
        description: 'What they accept is denied from then on. Their owners have to fix it, or ask anew.',
      },
    },
    {
      kind: 'quiet',
      what: 'none ends soon',
      series: { [EXPIRING]: '0x300', 'bellwether_admission_exceptions{pod="p",state="expired"}': '3x300' },
      firing: { '2h': [] },
    },
    { kind: 'resolves', what: 'it is gone', series: { [EXPIRING]: '1x139 0x20' }, firing: { '1h9m30s': [own('info', {})], '1h10m': [] } },
    { kind: 'missing', what: 'the webhook is gone', series: { [EXPIRING]: '1x4 stale' }, firing: { '2h': [] } },
  ],
};
