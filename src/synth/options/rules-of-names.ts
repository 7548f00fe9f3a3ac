import type { TextRule } from './section.ts';

/** Kubernetes limits an object that is also a host name or a label value to 63 characters. */
const DNS_LABEL_LENGTH = 63;
/** A pod of a Deployment is named after it, a hash of up to 10 characters and 5 more, with two hyphens. */
const POD_SUFFIX_LENGTH = 17;
/** Longest name of a Deployment whose pods keep it whole in their host name. */
export const MAX_OBJECT_NAME = DNS_LABEL_LENGTH - POD_SUFFIX_LENGTH;

export const DNS_LABEL: TextRule = {
  pattern: /^[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?$/,
  limit: `at most ${DNS_LABEL_LENGTH} lower-case letters, digits and hyphens, beginning with a letter`,
};
export const OBJECT_NAME: TextRule = {
  pattern: /^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/,
  limit: 'at most 253 lower-case letters, digits, hyphens and dots',
};
export const HOST_NAME: TextRule = {
  pattern: /^(?:\*\.)?[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)+$/,
  limit: 'a host name such as bellwether.example.org, in lower case',
};
export const HTTP_URL: TextRule = { pattern: /^https?:\/\/[^\s/]+(?:\/\S*)?$/, limit: 'a URL that begins with http:// or https://' };
export const LABEL_VALUE: TextRule = {
  pattern: /^[A-Za-z0-9](?:[\w.-]{0,61}[A-Za-z0-9])?$/,
  limit: 'a label value: at most 63 letters, digits, ".", "_" and "-"',
};
export const LABEL_NAME: TextRule = {
  pattern: /^(?:[a-z0-9.-]{1,253}\/)?[A-Za-z0-9](?:[\w.-]{0,61}[A-Za-z0-9])?$/,
  limit: 'the name of a label or annotation, its last part of at most 63 characters',
};
export const CPU: TextRule = { pattern: /^(?:\d+m|\d+(?:\.\d{1,3})?)$/, limit: 'an amount of CPU such as 200m or 1.5' };
export const BYTES: TextRule = { pattern: /^\d+(?:\.\d+)?(?:Ki|Mi|Gi|Ti)$/, limit: 'an amount of bytes such as 512Mi or 2Gi' };
export const IMAGE_REPOSITORY: TextRule = {
  pattern: /^[a-z0-9.-]+(?::\d+)?(?:\/[a-z0-9._-]+)+$/,
  limit: 'a repository with its registry, such as registry.example.org/team/bellwether, without tag',
};
export const IMAGE_TAG: TextRule = { pattern: /^\w[\w.-]{0,127}$/, limit: 'an image tag of at most 128 characters' };
export const IMAGE_DIGEST: TextRule = { pattern: /^sha256:[0-9a-f]{64}$/, limit: 'sha256: and 64 hexadecimal digits' };
export const NODE_FOLDER: TextRule = {
  pattern: /^(?:\/[\w-][\w.-]*)+$/,
  limit: 'an absolute path without . and .., such as /var/run/cilium/tetragon',
};
export const FREE_TEXT: TextRule = { pattern: /^[^\n]{1,100}$/, limit: 'one line of at most 100 characters' };
