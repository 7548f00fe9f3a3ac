import type { Policy, ProfileName, Severity } from '../../policy/index.ts';
import type { ScanResult } from '../scan.ts';

export const FAIL_ON = ['none', 'low', 'medium', 'high', 'critical'] as const;
export type FailOn = (typeof FAIL_ON)[number];

/** A scan and what it was asked for; what all formats are made from. */
export interface Report extends ScanResult {
  readonly profile: ProfileName;
  /** `1.37` */
  readonly pssVersion: string;
  readonly failOn: FailOn;
  /** Those that were active. */
  readonly policies: readonly Policy[];
}

/** Whether a severity makes the scan fail. */
export const failsAt = (severity: Severity, failOn: FailOn): boolean =>
  failOn !== 'none' && FAIL_ON.indexOf(severity) >= FAIL_ON.indexOf(failOn);

/** 0 clean, 1 findings at or above the bar, 2 something could not be read. */
export const exitCodeOfReport = ({ findings, errors, failOn }: Report): number => {
  if (findings.some(({ severity }) => failsAt(severity, failOn))) return 1;
  return errors.length > 0 ? 2 : 0;
};
