const TEXT = { type: 'string', minLength: 1, maxLength: 500 } as const;
const GLOBS = { type: 'array', items: { type: 'string', minLength: 1, maxLength: 253 }, minItems: 1, maxItems: 100 } as const;

/** `spec` of a PolicyException, and an entry of an exceptions file. */
export const EXCEPTION_SCHEMA = {
  type: 'object',
  description: 'Findings that are accepted until a day.',
  properties: {
    policies: { ...GLOBS, description: 'Ids of policies; * stands for any text.' },
    match: {
      type: 'object',
      description: 'Which objects; every given list must have an entry that fits, and an absent list fits all.',
      properties: {
        namespaces: { ...GLOBS, description: 'Namespaces; an object whose file names none fits only *.' },
        kinds: { ...GLOBS, description: 'Kinds, such as Deployment.' },
        names: { ...GLOBS, description: 'Names of objects.' },
        containers: { ...GLOBS, description: 'Names of containers.' },
        images: { ...GLOBS, description: 'Images of the containers.' },
      },
      additionalProperties: false,
    },
    values: { ...GLOBS, description: 'Only findings with one of these values.' },
    reason: { ...TEXT, description: 'Why this is accepted.' },
    owner: { ...TEXT, description: 'Who answers for it: a team or a person.' },
    ticket: { ...TEXT, description: 'Where it is tracked.' },
    expiresAt: { type: 'string', description: 'Last moment: RFC 3339, or a day such as 2026-03-31 (its end, UTC).' },
  },
  required: ['policies', 'reason', 'owner', 'expiresAt'],
  additionalProperties: false,
} as const;
