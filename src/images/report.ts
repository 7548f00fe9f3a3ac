import { BellwetherError } from '../platform/index.ts';
import { isAbsent, isRecord, type JsonRecord } from '../policy/index.ts';

/** Trivy's severities in lower case, mildest first; `unknown` is below all bars. */
export const IMAGE_SEVERITIES = ['unknown', 'low', 'medium', 'high', 'critical'] as const;
export type ImageSeverity = (typeof IMAGE_SEVERITIES)[number];

/** One vulnerability in one package of an image. */
export interface ImageFinding {
  readonly id: string;
  readonly package: string;
  readonly installed: string;
  /** Versions without it; absent where there is none yet. */
  readonly fixed?: string;
  readonly severity: ImageSeverity;
}

/** What a report says of one image. */
export interface ImageReport {
  readonly file: string;
  /** As the report was asked for: a reference, or the name of an archive. */
  readonly image: string;
  /** Further references of it: `RepoTags`. */
  readonly tags: readonly string[];
  /** `repository@sha256:...`. */
  readonly digests: readonly string[];
  /** Worst first, each id once per package and version. */
  readonly findings: readonly ImageFinding[];
}

/** Bounds of a report. */
export interface ReportLimits {
  readonly maxDepth: number;
  readonly maxFindings: number;
}

/** Real reports are some ten levels deep; an image of everything that a distribution has comes to some ten thousand findings. */
export const REPORT_LIMITS: ReportLimits = { maxDepth: 64, maxFindings: 200_000 };

// References may have 255 characters of name, 128 of tag and a digest; names of packages and lists of fixed versions are shorter.
const MAX_TEXT = 1024;
const MAX_NAMES = 1000;

/** Reads a JSON report of Trivy (`SchemaVersion` 2) on an image. Throws `invalid_input` with the file and the field at fault, `too_large` past a bound. */
export const parseTrivyReport = (text: string, file: string, limits: ReportLimits = REPORT_LIMITS): ImageReport => {
  const refuse = (why: string): never => {
    throw new BellwetherError('invalid_input', `${file}: ${why}`);
  };
  if (depthOf(text) > limits.maxDepth) throw new BellwetherError('too_large', `${file}: more than ${limits.maxDepth} levels deep`);
  let report: unknown;
  try {
    report = JSON.parse(text);
  } catch {
    refuse('not JSON; make the report with trivy image --format json');
  }
  if (!isRecord(report)) return refuse('not a report of Trivy: an object is expected');
  if (report.SchemaVersion !== 2) refuse(`SchemaVersion must be 2, as Trivy writes since 0.20, not ${shown(report.SchemaVersion)}`);
  const type = optionalText(report, 'ArtifactType', '', refuse);
  if (type !== undefined && type !== 'container_image') refuse(`ArtifactType must be container_image, not ${shown(type)}`);
  const metadata = isAbsent(report.Metadata) ? {} : report.Metadata;
  if (!isRecord(metadata)) return refuse('Metadata must be an object');
  return {
    file,
    image: requiredText(report, 'ArtifactName', '', refuse),
    tags: names(metadata, 'RepoTags', refuse),
    digests: names(metadata, 'RepoDigests', refuse),
    findings: findingsOf(report, file, limits, refuse),
  };
};

type Refuse = (why: string) => never;

const findingsOf = (report: JsonRecord, file: string, { maxFindings }: ReportLimits, refuse: Refuse): readonly ImageFinding[] => {
  // Trivy finds the same package at several places of an image.
  const found = new Map<string, ImageFinding>();
  let count = 0;
  for (const [i, result] of list(report, 'Results', '', refuse).entries()) {
    const place = `Results[${i}]`;
    const vulnerabilities = list(recordAt(result, place, refuse), 'Vulnerabilities', `${place}.`, refuse);
    count += vulnerabilities.length;
    if (count > maxFindings) throw new BellwetherError('too_large', `${file}: more than ${maxFindings} findings`);
    for (const [j, item] of vulnerabilities.entries()) {
      const at = `${place}.Vulnerabilities[${j}]`;
      const finding = findingOf(recordAt(item, at, refuse), `${at}.`, refuse);
      found.set(JSON.stringify([finding.id, finding.package, finding.installed]), finding);
    }
  }
  return [...found.values()].sort(worstFirst);
};

const findingOf = (item: JsonRecord, at: string, refuse: Refuse): ImageFinding => {
  const word = optionalText(item, 'Severity', at, refuse)?.toLowerCase() ?? 'unknown';
  const severity =
    IMAGE_SEVERITIES.find((name) => name === word) ?? refuse(`${at}Severity must be one of UNKNOWN, LOW, MEDIUM, HIGH, CRITICAL`);
  const fixed = optionalText(item, 'FixedVersion', at, refuse)?.trim();
  return {
    id: requiredText(item, 'VulnerabilityID', at, refuse),
    package: requiredText(item, 'PkgName', at, refuse),
    installed: optionalText(item, 'InstalledVersion', at, refuse) ?? '',
    ...(fixed ? { fixed } : {}),
    severity,
  };
};

/** The worst first; of the same severity those that can be fixed. */
const worstFirst = (a: ImageFinding, b: ImageFinding): number =>
  IMAGE_SEVERITIES.indexOf(b.severity) - IMAGE_SEVERITIES.indexOf(a.severity) ||
  Number(b.fixed !== undefined) - Number(a.fixed !== undefined) ||
  compare(a.id, b.id) ||
  compare(a.package, b.package);

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const optionalText = (record: JsonRecord, key: string, at: string, refuse: Refuse): string | undefined => {
  const value = record[key];
  if (isAbsent(value)) return undefined;
  if (typeof value !== 'string') return refuse(`${at}${key} must be text, not ${shown(value)}`);
  return value.length > MAX_TEXT ? refuse(`${at}${key} is longer than ${MAX_TEXT} characters`) : value;
};

const requiredText = (record: JsonRecord, key: string, at: string, refuse: Refuse): string =>
  optionalText(record, key, at, refuse) || refuse(`${at}${key} is missing`);

const list = (record: JsonRecord, key: string, at: string, refuse: Refuse): readonly unknown[] => {
  const value = record[key];
  if (isAbsent(value)) return [];
  return Array.isArray(value) ? value : refuse(`${at}${key} must be a list, not ${shown(value)}`);
};

const names = (metadata: JsonRecord, key: string, refuse: Refuse): readonly string[] => {
  const values = list(metadata, key, 'Metadata.', refuse);
  if (values.length > MAX_NAMES) refuse(`Metadata.${key} has more than ${MAX_NAMES} names`);
  return values.map((value, i) =>
    typeof value === 'string' && value.length <= MAX_TEXT
      ? value
      : refuse(`Metadata.${key}[${i}] must be text of at most ${MAX_TEXT} characters`),
  );
};

const recordAt = (value: unknown, at: string, refuse: Refuse): JsonRecord =>
  isRecord(value) ? value : refuse(`${at} must be an object, not ${shown(value)}`);

/** A value in a message: short, whatever it is. */
const shown = (value: unknown): string => {
  if (typeof value === 'string') return JSON.stringify(value.slice(0, 40));
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return isAbsent(value) ? 'absent' : Array.isArray(value) ? 'a list' : 'an object';
};

/** Levels of nesting of a JSON text; known before it is parsed, so that a parser never meets a hostile depth. */
const depthOf = (text: string): number => {
  let depth = 0;
  let deepest = 0;
  let isInText = false;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (isInText) {
      if (code === BACKSLASH) i += 1;
      else if (code === QUOTE) isInText = false;
    } else if (code === QUOTE) isInText = true;
    else if (code === OPEN_LIST || code === OPEN_OBJECT) {
      depth += 1;
      if (depth > deepest) deepest = depth;
    } else if (code === CLOSE_LIST || code === CLOSE_OBJECT) depth -= 1;
  }
  return deepest;
};
const [QUOTE, BACKSLASH, OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [...'"\\[]{}'].map((sign) => sign.charCodeAt(0));
