import type { BellwetherError } from '../../platform/index.ts';
import type { Finding } from '../../policy/index.ts';
import type { AdmissionAnswer } from './admission-review.ts';
import type { Judgement } from './judge.ts';

// Annotations go into every event of the audit log; ids are enough, the rest is in our own log and metrics.
const MAX_ANNOTATION_LENGTH = 1000;

/** `deny:privileged,host-network;warn:image-tag-latest`, each policy once. */
const listFindings = (findings: readonly Finding[]): string =>
  (['deny', 'warn', 'audit'] as const)
    .flatMap((action) => {
      const ids = [...new Set(findings.filter((finding) => finding.action === action).map(({ policy }) => policy))];
      return ids.length === 0 ? [] : [`${action}:${ids.join(',')}`];
    })
    .join(';')
    .slice(0, MAX_ANNOTATION_LENGTH);

/** What the API server gets for a judgement. */
export const answerOf = ({ allowed, message, warnings, findings, exceptions, kept }: Judgement): AdmissionAnswer => ({
  allowed,
  ...(allowed ? {} : { message: `${countDenials(findings)}\n${message}` }),
  warnings,
  auditAnnotations: {
    ...(findings.length > 0 ? { findings: listFindings(findings) } : {}),
    ...(exceptions.length > 0 ? { exceptions: exceptions.join(',').slice(0, MAX_ANNOTATION_LENGTH) } : {}),
    ...(kept > 0 ? { kept: `${kept} findings that the object had before` } : {}),
  },
});

const countDenials = (findings: readonly Finding[]): string => {
  const denials = findings.filter(({ action }) => action === 'deny').length;
  return `Bellwether found ${denials === 1 ? 'one thing' : `${denials} things`} that must be changed:`;
};

/** What is answered where no judgement could be had in time, or because of a defect of ours. */
export type Fallback = 'allow' | 'deny';

export const fallbackAnswer = (fallback: Fallback, error: BellwetherError): AdmissionAnswer => {
  const why = `Bellwether could not judge this request (${error.code}): ${error.message}`;
  return fallback === 'allow'
    ? { allowed: true, warnings: [why.slice(0, 120)], auditAnnotations: { fallback: error.code } }
    : { allowed: false, message: why, auditAnnotations: { fallback: error.code } };
};
