import type { ImageReference } from './image-reference.ts';

type Version = readonly [major: number, minor: number, patch: number];

interface KnownProblem {
  readonly what: string;
  /** What to use instead, in words. */
  readonly instead: string;
}

interface Component {
  /** The end of the repository's path, so that mirrors count, too. */
  readonly repository: RegExp;
  /** Ranges of versions, the end not included; none for a component that is bad in all versions. */
  readonly ranges?: readonly (readonly [from: string, before: string])[];
  readonly problem: KnownProblem;
}

const ARGO_CD = /(^|\/)argoproj\/argo-?cd$/;
const GRAFANA = /(^|\/)grafana\/grafana(-oss|-enterprise)?$/;

/** From the advisories of the projects. A component is listed here when running it gives the cluster away. */
const COMPONENTS: readonly Component[] = [
  {
    repository: ARGO_CD,
    ranges: [
      ['0.0.0', '2.1.9'],
      ['2.2.0', '2.2.4'],
    ],
    problem: {
      what: 'a Helm value file can read secrets of other applications (CVE-2022-24348)',
      instead: 'Argo CD 2.1.9, 2.2.4 or later',
    },
  },
  {
    repository: ARGO_CD,
    ranges: [
      ['2.13.0', '2.13.9'],
      ['2.14.0', '2.14.16'],
      ['3.0.0', '3.0.14'],
      ['3.1.0', '3.1.2'],
    ],
    problem: {
      what: 'a token for a project can read the credentials of its repositories (CVE-2025-55190)',
      instead: 'Argo CD 2.13.9, 2.14.16, 3.0.14, 3.1.2 or later',
    },
  },
  {
    repository: GRAFANA,
    ranges: [
      ['8.0.0', '8.0.7'],
      ['8.1.0', '8.1.8'],
      ['8.2.0', '8.2.7'],
      ['8.3.0', '8.3.1'],
    ],
    problem: { what: 'anybody can read its files (CVE-2021-43798)', instead: 'Grafana 8.0.7, 8.1.8, 8.2.7, 8.3.1 or later' },
  },
  {
    repository: GRAFANA,
    ranges: [['9.2.0', '9.2.4']],
    problem: { what: 'under load requests without login can get the rights of others (CVE-2022-39328)', instead: 'Grafana 9.2.4 or later' },
  },
  {
    repository: /(^|\/)kyverno\/kyverno$/,
    ranges: [['1.8.3', '1.8.5']],
    problem: { what: 'its image signature check can be passed by (CVE-2022-47633)', instead: 'Kyverno 1.8.5 or later' },
  },
  {
    repository:
      /(^|\/)(ingress-nginx\/controller(-chroot)?|nginx-ingress-controller\/nginx-ingress-controller|kubernetes-ingress-controller\/nginx-ingress-controller(-amd64)?)$/,
    problem: {
      what: 'ingress-nginx is no longer maintained since March 2026, so holes such as CVE-2025-1974 are not closed any more',
      instead: 'another ingress controller, or a Gateway',
    },
  },
];

// A version at the start of a tag; what follows names a variant of the image.
const VERSION = /^v?(\d{1,5})\.(\d{1,5})\.(\d{1,5})(?:$|[-+_.])/;

const versionOf = (tag: string | undefined): Version | undefined => {
  const match = VERSION.exec(tag ?? '');
  return match ? [Number(match[1]), Number(match[2]), Number(match[3])] : undefined;
};

const compare = (a: Version, b: Version): number => a[0] - b[0] || a[1] - b[1] || a[2] - b[2];

const isWithin = (version: Version, from: string, before: string): boolean =>
  compare(version, versionOf(from)!) >= 0 && compare(version, versionOf(before)!) < 0;

/** What is known to be wrong with an image, by its name and version; undefined where nothing is, or the version is not said. */
export const knownProblem = ({ repository, tag }: ImageReference): KnownProblem | undefined => {
  const version = versionOf(tag);
  return COMPONENTS.find(
    (component) =>
      component.repository.test(repository) &&
      (component.ranges === undefined ||
        (version !== undefined && component.ranges.some(([from, before]) => isWithin(version, from, before)))),
  )?.problem;
};
