import { formatJson } from './json.ts';
import type { Report } from './report.ts';
import { formatText } from './text.ts';

export interface FormatOptions {
  readonly color: boolean;
}

export const FORMATS: Readonly<Record<string, (report: Report, options: FormatOptions) => string>> = {
  text: formatText,
  json: formatJson,
};
