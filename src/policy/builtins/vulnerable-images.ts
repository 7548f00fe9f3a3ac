import { containerRule, FINE } from '../model/policy.ts';
import { own, recordOf, stringOf, stringsOf } from '../model/value.ts';
import { fullNameOf, parseImage } from './image-reference.ts';

const WORST_FIRST = ['critical', 'high', 'medium', 'low'] as const;

/** The name under which an image is known: its digest, wherever it was copied to, or its name in full with the tag. No tag means `latest`. */
export const knownNameOf = (reference: string): string | undefined => {
  const image = parseImage(reference);
  return image && (image.digest ?? `${fullNameOf(image)}:${image.tag || 'latest'}`);
};

/** Images with known vulnerabilities for which there is a fixed version; what is known comes as a param. */
const fixableVulnerability = containerRule(({ spec, path, name: container }, { params }) => {
  const image = stringOf(spec.image);
  const name = image === undefined ? undefined : knownNameOf(image);
  const known = name === undefined ? undefined : own(recordOf(params.images), name);
  if (known === undefined) return FINE;
  const least = WORST_FIRST.indexOf(params.minSeverity as (typeof WORST_FIRST)[number]);
  const counted = WORST_FIRST.slice(0, least + 1);
  const count = counted.reduce((sum, severity) => sum + Number(own(recordOf(known), severity) ?? 0), 0);
  if (count === 0) return FINE;
  const worst = stringsOf(own(recordOf(known), 'worst')).slice(0, count);
  const kind = least === 0 ? 'critical ' : '';
  const bound = least === 0 ? '' : ` of severity ${WORST_FIRST[least]} and above`;
  const more = worst.length > 0 && count > worst.length ? `, and ${count - worst.length} more` : '';
  const what = count === 1 ? `one ${kind}vulnerability${bound} that is` : `${count} ${kind}vulnerabilities${bound} that are`;
  const has = `${what} fixed already`;
  // Not by the template of the policy: that cuts what is worth reading.
  const message = `container ${container} runs ${image}, which has ${has}${worst.length > 0 ? ': ' : ''}${worst.join('; ')}${more}`;
  return [{ path: `${path}/image`, value: image, expected: has, message }];
});

export const VULNERABLE_IMAGE_RULES = { 'fixable-vulnerability': fixableVulnerability } as const;
