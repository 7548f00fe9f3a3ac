import { countFindings, namesOfReport, type SeverityCounts } from './join.ts';
import type { ImageFinding, ImageReport } from './report.ts';

/** What is remembered of a report: a policy and metrics need no more. */
export interface KnownImage {
  /** Digests, and `registry/repository:tag` in full. */
  readonly names: readonly string[];
  readonly fixable: SeverityCounts;
  /** The worst that can be fixed, as people read it. */
  readonly worst: readonly string[];
}

/** Params of the policy `fixable-vulnerability`. */
export interface VulnerabilityParams {
  readonly images: Readonly<
    Record<string, Readonly<Partial<Record<keyof SeverityCounts, number>> & { readonly worst: readonly string[] }>>
  >;
}

/** As the params of the policy allow. */
const MAX_WORST = 5;
const MAX_TEXT = 300;
const MAX_IMAGES = 20_000;
// Names of packages come from images: no control characters and no marks of direction on a terminal.
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

const textOf = ({ id, package: name, installed, fixed }: ImageFinding): string =>
  `${id} in ${name} ${installed}, fixed in ${fixed}`.replaceAll(UNPRINTABLE, '\uFFFD').slice(0, MAX_TEXT);

export const knownImageOf = (report: ImageReport): KnownImage => {
  const fixable = report.findings.filter(({ fixed }) => fixed !== undefined);
  return {
    names: [...namesOfReport(report)],
    fixable: countFindings(fixable),
    worst: fixable.slice(0, MAX_WORST).map(textOf),
  };
};

/** Images with findings that can be fixed, by every name they have; of two reports of one image the later counts. At most 20,000 names. */
export const vulnerabilityParams = (known: Iterable<KnownImage>): VulnerabilityParams => {
  const images = new Map<string, VulnerabilityParams['images'][string]>();
  for (const { names, fixable, worst } of known) {
    const { unknown: _unknown, ...counts } = fixable;
    const some = Object.entries(counts).filter(([, count]) => count > 0);
    for (const name of names) {
      images.delete(name);
      if (some.length > 0 && images.size < MAX_IMAGES) images.set(name, { ...Object.fromEntries(some), worst });
    }
  }
  return { images: Object.fromEntries([...images].sort(([a], [b]) => (a < b ? -1 : 1))) };
};
