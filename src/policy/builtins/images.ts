import { compileGlob } from '../exceptions/glob.ts';
import { showValue } from '../message.ts';
import { type ContainerRule, containerRule, FINE, objectRule, podRule, type Violation } from '../model/policy.ts';
import { isAbsent, listOf, recordOf, stringsOf } from '../model/value.ts';
import { labelsOf, nameOf } from './facts.ts';
import { fullNameOf, type ImageReference, isBelow, parseImage } from './image-reference.ts';
import { knownProblem } from './known-bad-images.ts';

/** A rule on the image of each container; containers without one are left to the API server. */
const imageRule = (judge: (image: ImageReference, ...args: Parameters<ContainerRule>) => Omit<Violation, 'path' | 'value'> | undefined) =>
  containerRule((container, input) => {
    const image = parseImage(container.spec.image);
    const wrong = image && judge(image, container, input);
    return wrong ? [{ path: `${container.path}/image`, value: container.spec.image, ...wrong }] : FINE;
  });

const tagLatest = imageRule(({ tag, digest }, _, { params }) => {
  if (digest !== undefined || (tag && !stringsOf(params.tags).includes(tag))) return undefined;
  return { expected: 'a version as tag, or a digest' };
});

const imageDigest = imageRule(({ digest }) => (digest === undefined ? { expected: 'NAME@sha256:...' } : undefined));

/** Always, or what the API server fills in for latest. */
const pullPolicy = containerRule(({ spec, path }, { params }) => {
  const image = parseImage(spec.image);
  if (!image) return FINE;
  const value = spec.imagePullPolicy;
  const isLatest = image.digest === undefined && (!image.tag || image.tag === 'latest');
  const isAlways = isAbsent(value) ? isLatest : value === 'Always';
  if (isAlways || (params.onlyLatest === true && !isLatest)) return FINE;
  return [{ path: `${path}/imagePullPolicy`, value: value ?? undefined, expected: 'Always' }];
});

const matchers = new Map<string, (name: string) => boolean>();
// Entries come from configuration; the limit only stops a leak through ever new ones.
const MAX_MATCHERS = 1000;

const matcherFor = (prefix: string): ((name: string) => boolean) => {
  if (!prefix.replace(/\/\*$/, '').includes('*')) return (name) => isBelow(name, prefix);
  try {
    const clean = prefix.replace(/\/\*?$/, '');
    const itself = compileGlob(clean);
    const below = compileGlob(`${clean}/*`);
    return (name) => itself(name) || below(name);
  } catch {
    return (name) => isBelow(name, prefix);
  }
};

const isIn = (image: ImageReference, prefixes: unknown): boolean => {
  const name = fullNameOf(image);
  return stringsOf(prefixes).some((prefix) => {
    let matches = matchers.get(prefix);
    if (!matches) {
      matches = matcherFor(prefix);
      if (matchers.size < MAX_MATCHERS) matchers.set(prefix, matches);
    }
    return matches(name);
  });
};

const registryAllow = imageRule((image, _, { params }) =>
  isIn(image, params.registries) ? undefined : { expected: `from ${stringsOf(params.registries).join(', ')}` },
);

const registryDeny = imageRule((image, _, { params }) =>
  isIn(image, params.registries) ? { expected: 'from another registry' } : undefined,
);

/** Images of other registries than the public ones need a secret of the pod. */
const pullSecret = podRule((pod, { params }) => {
  if (listOf(pod.spec.imagePullSecrets).length > 0) return FINE;
  return pod.containers.flatMap(({ spec, name }): Violation[] => {
    const image = parseImage(spec.image);
    if (!image || isIn(image, params.public)) return [];
    const message = `${showValue(spec.image)} of container ${name} may need credentials, but the pods have no imagePullSecrets`;
    return [
      {
        path: `${pod.path}/imagePullSecrets`,
        value: pod.spec.imagePullSecrets ?? undefined,
        expected: 'the name of a Secret',
        container: name,
        message,
      },
    ];
  });
});

const hasLabels = (labels: Readonly<Record<string, unknown>>, wanted: Readonly<Record<string, string>>): boolean =>
  Object.entries(wanted).every(([key, value]) => Object.hasOwn(labels, key) && labels[key] === value);

const TILLER_LABELS = { app: 'helm', name: 'tiller' } as const;

/** Tiller of Helm 2, by image, labels, or its Service. */
const tiller = objectRule((object, { pods, base }) => {
  if (pods) {
    const found = pods.containers.flatMap(({ spec, path, name }): Violation[] => {
      const last = parseImage(spec.image)?.repository.split('/').at(-1);
      return last === 'tiller' ? [{ path: `${path}/image`, value: spec.image, expected: 'absent', container: name }] : [];
    });
    if (found.length > 0) return found;
    const labels = recordOf(pods.metadata.labels);
    return hasLabels(labels, TILLER_LABELS) ? [{ path: `${pods.metadataPath}/labels/name`, value: 'tiller', expected: 'absent' }] : FINE;
  }
  if (object.kind !== 'Service' || object.apiVersion !== 'v1') return FINE;
  const isTiller =
    nameOf(object) === 'tiller-deploy' ||
    hasLabels(recordOf(recordOf(object.spec).selector), TILLER_LABELS) ||
    hasLabels(labelsOf(object), TILLER_LABELS);
  return isTiller ? [{ path: `${base}/metadata/name`, value: nameOf(object), expected: 'absent' }] : FINE;
});

const DASHBOARD = /(^|\/)(kubernetes-dashboard(-[a-z]+)?|kubernetesui\/dashboard(-[a-z-]+)?)(-(amd64|arm64|arm|ppc64le|s390x))?$/;
const DASHBOARD_LABELS = ['k8s-app', 'app', 'app.kubernetes.io/name', 'app.kubernetes.io/part-of'] as const;

const dashboard = podRule((pod) => {
  const found = pod.containers.flatMap(({ spec, path, name }): Violation[] => {
    const image = parseImage(spec.image);
    return image && DASHBOARD.test(image.repository)
      ? [{ path: `${path}/image`, value: spec.image, expected: 'absent', container: name }]
      : [];
  });
  if (found.length > 0) return found;
  const labels = recordOf(pod.metadata.labels);
  const key = DASHBOARD_LABELS.find((label) => Object.hasOwn(labels, label) && labels[label] === 'kubernetes-dashboard');
  return key === undefined
    ? FINE
    : [{ path: `${pod.metadataPath}/labels/${key.replace('/', '~1')}`, value: labels[key], expected: 'absent' }];
});

const knownBad = imageRule((image, { spec, name }) => {
  const problem = knownProblem(image);
  return (
    problem && {
      message: `container ${name} runs ${String(spec.image)}: ${problem.what}`,
      expected: problem.instead,
      fix: `Use ${problem.instead}.`,
    }
  );
});

/** Where images come from and what is in them, as far as their names say. */
export const IMAGE_RULES = {
  'image-tag-latest': tagLatest,
  'image-digest': imageDigest,
  'image-pull-policy': pullPolicy,
  'registry-allow': registryAllow,
  'registry-deny': registryDeny,
  'image-pull-secret': pullSecret,
  tiller,
  dashboard,
  'known-bad-component': knownBad,
} as const;
