/** An image name taken apart as runtimes do it. */
export interface ImageReference {
  /** `docker.io` where the name has none. */
  readonly registry: string;
  /** `library/nginx`, `team/app`. */
  readonly repository: string;
  /** Undefined where there is none; empty where a colon stands alone. */
  readonly tag: string | undefined;
  /** `sha256:...`. */
  readonly digest: string | undefined;
}

const DOCKER_HUB = 'docker.io';

/** The parts of an image name; undefined for no name at all. Never refuses a name: runtimes do that. */
export const parseImage = (image: unknown): ImageReference | undefined => {
  if (typeof image !== 'string' || image.trim() === '') return undefined;
  const text = image.trim();
  const at = text.indexOf('@');
  const name = at < 0 ? text : text.slice(0, at);
  const digest = at < 0 ? undefined : text.slice(at + 1);
  const slash = name.lastIndexOf('/');
  const colon = name.indexOf(':', slash + 1);
  const tag = colon < 0 ? undefined : name.slice(colon + 1);
  const path = colon < 0 ? name : name.slice(0, colon);
  const first = path.indexOf('/');
  const host = first < 0 ? '' : path.slice(0, first);
  // What has no dot, no port and is not localhost is an account at Docker Hub.
  const isHost = host === 'localhost' || /[.:]/.test(host);
  const registry = isHost ? (host === 'index.docker.io' || host === 'registry-1.docker.io' ? DOCKER_HUB : host) : DOCKER_HUB;
  const rest = isHost ? path.slice(first + 1) : path;
  return { registry, repository: registry === DOCKER_HUB && !rest.includes('/') ? `library/${rest}` : rest, tag, digest };
};

/** `registry/repository`, in full. */
export const fullNameOf = ({ registry, repository }: ImageReference): string => `${registry}/${repository}`;

/** Whether a name lies below a prefix such as `ghcr.io/team`: `ghcr.io/team-b` and `ghcr.io.example.com` do not. */
export const isBelow = (name: string, prefix: string): boolean => {
  const clean = prefix.replace(/\/\*?$/, '');
  return name === clean || name.startsWith(`${clean}/`);
};
