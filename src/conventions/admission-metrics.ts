import type { MetricDefinition } from './metric.ts';

/** Seconds; the API server waits 3 s at most, and people wait for every one. */
const REVIEW_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 3];

/** What the admission webhook says about itself, on its self port. `webhook` is pod-security, others or all. */
export const ADMISSION_METRICS = {
  admissionReady: { name: 'bellwether_admission_ready', type: 'gauge', help: '1 while reviews are answered.', labels: [] },
  admissionReviews: {
    name: 'bellwether_admission_reviews_total',
    type: 'counter',
    help: 'Answered reviews; outcome is allowed, warned, denied, fallback_allow or fallback_deny. Kinds that few policies concern are "other".',
    labels: ['webhook', 'operation', 'kind', 'outcome'],
  },
  admissionDuration: {
    name: 'bellwether_admission_review_duration_seconds',
    type: 'histogram',
    help: 'Time from the first byte of a review to its answer.',
    labels: ['webhook'],
    buckets: REVIEW_BUCKETS,
  },
  admissionFindings: {
    name: 'bellwether_admission_findings_total',
    type: 'counter',
    help: 'Findings of reviews after exceptions, by policy and action.',
    labels: ['policy', 'action'],
  },
  admissionFallbacks: {
    name: 'bellwether_admission_fallbacks_total',
    type: 'counter',
    help: 'Reviews that got the configured fallback instead of a judgement, by reason.',
    labels: ['reason'],
  },
  admissionRefused: {
    name: 'bellwether_admission_refused_total',
    type: 'counter',
    help: 'Requests that got an HTTP error instead of an answer: not a review, too large, too many at a time.',
    labels: ['reason'],
  },
  admissionPolicies: {
    name: 'bellwether_admission_policies',
    type: 'gauge',
    help: 'Policies in force where a namespace says nothing else.',
    labels: [],
  },
  admissionExceptions: {
    name: 'bellwether_admission_exceptions',
    type: 'gauge',
    help: 'Exceptions by state: used and unused since the start, expiring within a week, expired, and invalid, which are not in force.',
    labels: ['state'],
  },
  admissionCertificateExpiry: {
    name: 'bellwether_admission_certificate_expiry_timestamp_seconds',
    type: 'gauge',
    help: 'When the served certificate ends; certificate is leaf or authority.',
    labels: ['certificate'],
  },
  admissionRotations: {
    name: 'bellwether_admission_certificate_rotations_total',
    type: 'counter',
    help: 'Certificates taken into use after the first, by kind.',
    labels: ['certificate'],
  },
} as const satisfies Record<string, MetricDefinition>;
