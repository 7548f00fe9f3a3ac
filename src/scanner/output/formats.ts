import { formatGithub } from './github.ts';
import { formatGitlab } from './gitlab.ts';
import { formatJson } from './json.ts';
import { formatJunit } from './junit.ts';
import type { Report } from './report.ts';
import { formatOpenReports, formatPolicyReports } from './reports.ts';
import { formatSarif } from './sarif.ts';
import { formatText } from './text.ts';

export interface FormatOptions {
  readonly color: boolean;
}

export const FORMATS: Readonly<Record<string, (report: Report, options: FormatOptions) => string>> = {
  text: formatText,
  json: formatJson,
  sarif: formatSarif,
  junit: formatJunit,
  github: formatGithub,
  gitlab: formatGitlab,
  openreports: formatOpenReports,
  policyreports: formatPolicyReports,
};
