import { knownNameOf } from '../policy/index.ts';
import type { ScanError } from '../scanner/index.ts';
import { IMAGE_SEVERITIES, type ImageFinding, type ImageReport, type ImageSeverity } from './report.ts';
import type { ImageUse } from './workloads.ts';

export type SeverityCounts = Readonly<Record<ImageSeverity, number>>;

/** A workload and those of its containers that use an image. */
export interface WorkloadUse {
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
  readonly containers: readonly string[];
}

/** One image with what is known of it. */
export interface ImageSummary {
  readonly image: string;
  readonly file: string;
  readonly digests: readonly string[];
  readonly findings: SeverityCounts;
  /** Those with a version that has been fixed. */
  readonly fixable: SeverityCounts;
  readonly worst: readonly ImageFinding[];
  /** Undefined where no workloads were asked for. */
  readonly workloads?: readonly WorkloadUse[];
}

/** All that the command says; the JSON output is this. */
export interface ImagesResult {
  readonly images: readonly ImageSummary[];
  /** Images of reports that no workload uses; undefined where no workloads were asked for. */
  readonly unused?: readonly string[];
  /** Images in use without a report, with who uses them; undefined where no workloads were asked for. */
  readonly withoutReport?: readonly { readonly image: string; readonly workloads: readonly WorkloadUse[] }[];
  readonly summary: { readonly findings: SeverityCounts; readonly fixable: SeverityCounts };
  readonly errors: readonly ScanError[];
}

export interface JoinOptions {
  /** How many findings are named for each image. */
  readonly worst: number;
  /** Name only findings that can be fixed. */
  readonly fixableOnly: boolean;
}

/** Names under which an image can be met: digests, and `registry/repository:tag` in full. */
export const namesOfReport = ({ image, tags, digests }: ImageReport): Set<string> => {
  const names = new Set<string>();
  for (const reference of [image, ...tags, ...digests]) {
    const name = knownNameOf(reference);
    if (name !== undefined) names.add(name);
  }
  return names;
};

/** Joins reports to the containers that use their images; `uses` is undefined where no workloads were asked for. */
export const joinReports = (
  reports: readonly ImageReport[],
  uses: readonly ImageUse[] | undefined,
  errors: readonly ScanError[],
  options: JoinOptions,
): ImagesResult => {
  const byName = new Map<string, ImageUse[]>();
  for (const use of uses ?? []) {
    const name = knownNameOf(use.image) ?? use.image;
    const group = byName.get(name);
    if (group) group.push(use);
    else byName.set(name, [use]);
  }
  const met = new Set<string>();
  const images = reports.map((report): ImageSummary => {
    const names = [...namesOfReport(report)];
    for (const name of names) met.add(name);
    const fixable = report.findings.filter(({ fixed }) => fixed !== undefined);
    return {
      image: report.image,
      file: report.file,
      digests: report.digests,
      findings: countFindings(report.findings),
      fixable: countFindings(fixable),
      worst: (options.fixableOnly ? fixable : report.findings).slice(0, options.worst),
      ...(uses ? { workloads: workloadsOf(names.flatMap((name) => byName.get(name) ?? [])) } : {}),
    };
  });
  images.sort(byWeight);
  const missing = [...byName].filter(([name]) => !met.has(name)).map(([, group]) => group);
  return {
    images,
    ...(uses
      ? {
          unused: images.filter(({ workloads }) => workloads?.length === 0).map(({ image }) => image),
          withoutReport: missing
            .map((group) => ({ image: group[0]!.image, workloads: workloadsOf(group) }))
            .sort((a, b) => (a.image < b.image ? -1 : 1)),
        }
      : {}),
    summary: { findings: sum(images.map(({ findings }) => findings)), fixable: sum(images.map(({ fixable }) => fixable)) },
    errors,
  };
};

/** Whether there is a finding at or above a severity. */
export const reaches = ({ summary }: ImagesResult, severity: ImageSeverity, fixableOnly: boolean): boolean =>
  IMAGE_SEVERITIES.slice(IMAGE_SEVERITIES.indexOf(severity)).some((name) => (fixableOnly ? summary.fixable : summary.findings)[name] > 0);

const countsOf = (of: (severity: ImageSeverity) => number): SeverityCounts =>
  Object.fromEntries([...IMAGE_SEVERITIES].reverse().map((severity) => [severity, of(severity)])) as Record<ImageSeverity, number>;

export const countFindings = (findings: readonly ImageFinding[]): SeverityCounts => {
  const counts = { unknown: 0, low: 0, medium: 0, high: 0, critical: 0 };
  for (const { severity } of findings) counts[severity] += 1;
  return countsOf((severity) => counts[severity]);
};

const sum = (parts: readonly SeverityCounts[]): SeverityCounts =>
  countsOf((severity) => parts.reduce((total, counts) => total + counts[severity], 0));

/** The image with most findings of the worst severity first. */
const byWeight = (a: ImageSummary, b: ImageSummary): number => {
  for (const severity of [...IMAGE_SEVERITIES].reverse()) {
    const difference = b.findings[severity] - a.findings[severity];
    if (difference !== 0) return difference;
  }
  return a.image < b.image ? -1 : a.image > b.image ? 1 : 0;
};

const workloadsOf = (uses: readonly ImageUse[]): WorkloadUse[] => {
  const byWorkload = new Map<string, WorkloadUse & { readonly containers: string[] }>();
  for (const { kind, namespace, name, container } of uses) {
    const key = JSON.stringify([namespace ?? '', kind, name]);
    const known = byWorkload.get(key);
    if (known) {
      if (!known.containers.includes(container)) known.containers.push(container);
    } else byWorkload.set(key, { kind, ...(namespace === undefined ? {} : { namespace }), name, containers: [container] });
  }
  return [...byWorkload].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, workload]) => workload);
};
