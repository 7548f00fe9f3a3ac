import { VERSION } from '../../conventions/index.ts';
import type { ImageSettings } from './bundle.ts';
import { IMAGE_DIGEST, IMAGE_REPOSITORY, IMAGE_TAG, OBJECT_NAME } from './rules-of-names.ts';
import type { OptionSection } from './section.ts';

const DEFAULT_REPOSITORY = 'ghcr.io/bellwether-dev/bellwether';

export const parseImage = (section: OptionSection): ImageSettings => {
  const repository = section.text('repository', DEFAULT_REPOSITORY, IMAGE_REPOSITORY);
  const tag = section.text('tag', VERSION, IMAGE_TAG);
  const digest = section.optionalText('digest', IMAGE_DIGEST);
  return {
    reference: digest === undefined ? `${repository}:${tag}` : `${repository}@${digest}`,
    pullPolicy: section.oneOf('pullPolicy', ['IfNotPresent', 'Always'], 'IfNotPresent'),
    pullSecrets: section.texts('pullSecrets', OBJECT_NAME),
  };
};
