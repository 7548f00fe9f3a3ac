import type { JSONSchema } from '../../platform/index.ts';
import { SEVERITIES } from '../model/finding.ts';
import { GROUPS, PSS_LEVELS } from '../model/policy.ts';

// Short enough for metric labels and file names.
const ID = '^[a-z0-9]+(-[a-z0-9]+)*$';
const TEXT = { type: 'string', minLength: 1 } as const;
const TEXTS = { type: 'array', items: TEXT } as const;
const ANY_OBJECT = { type: 'object', additionalProperties: true } as const;

const EXAMPLE_KEYS = {
  name: { ...TEXT, description: 'what this example shows' },
  object: ANY_OBJECT,
  pod: ANY_OBJECT,
  container: ANY_OBJECT,
  objects: { type: 'array', items: ANY_OBJECT },
  oldObject: ANY_OBJECT,
  request: ANY_OBJECT,
  params: ANY_OBJECT,
  pss: {
    type: 'object',
    properties: { level: { enum: PSS_LEVELS }, version: TEXT },
    additionalProperties: false,
  },
  kubernetes: TEXT,
  duplicateKeys: TEXTS,
} as const;

const CEL_VALIDATION = {
  type: 'object',
  properties: {
    expression: TEXT,
    message: TEXT,
    messageExpression: TEXT,
    path: { type: 'string', description: 'JSON Pointer in the target' },
    pathExpression: { ...TEXT, description: 'CEL that gives a JSON Pointer in the target, or a list of them' },
  },
  required: ['expression'],
  additionalProperties: false,
} as const;

/** What a file `policies/<group>/<id>.yaml` may say. CONTRIBUTING.md explains each key. */
export const POLICY_SCHEMA = {
  type: 'object',
  properties: {
    id: { type: 'string', pattern: ID, maxLength: 60 },
    group: { enum: GROUPS },
    title: { ...TEXT, maxLength: 80 },
    severity: { enum: SEVERITIES },
    pss: {
      type: 'object',
      properties: { level: { enum: ['baseline', 'restricted'] }, since: { type: 'string', pattern: '^1\\.\\d+$' } },
      required: ['level', 'since'],
      additionalProperties: false,
    },
    aliases: { type: 'object', additionalProperties: TEXTS },
    why: TEXT,
    fix: TEXT,
    links: TEXTS,
    optIn: { type: 'boolean' },
    match: {
      type: 'object',
      properties: {
        target: { enum: ['object', 'pod', 'container'] },
        kinds: { ...TEXTS, minItems: 1 },
        needs: { enum: ['nothing', 'cluster-if-known', 'cluster'] },
      },
      required: ['target'],
      additionalProperties: false,
    },
    params: {
      type: 'object',
      additionalProperties: { type: 'object', properties: { description: TEXT }, required: ['description'], additionalProperties: true },
    },
    message: TEXT,
    patch: {
      type: 'object',
      description: 'the one value that is right at the path of a finding, where there is one; only for paths that end in at',
      properties: { value: true, at: TEXT },
      required: ['value'],
      additionalProperties: false,
    },
    vap: {
      ...TEXTS,
      minItems: 1,
      description: 'the same rule as CEL for an export, each true for good objects: object, and pod, metadata, containers of variables',
    },
    builtin: TEXT,
    schema: ANY_OBJECT,
    path: { type: 'string', description: 'with schema: JSON Pointer in the target that is reported, whatever part of the schema fails' },
    cel: {
      type: 'object',
      properties: {
        matchConditions: {
          type: 'array',
          items: {
            type: 'object',
            properties: { name: TEXT, expression: TEXT },
            required: ['name', 'expression'],
            additionalProperties: false,
          },
        },
        variables: {
          type: 'array',
          items: {
            type: 'object',
            properties: { name: TEXT, expression: TEXT },
            required: ['name', 'expression'],
            additionalProperties: false,
          },
        },
        validations: { type: 'array', minItems: 1, items: CEL_VALIDATION },
      },
      required: ['validations'],
      additionalProperties: false,
    },
    examples: {
      type: 'object',
      properties: {
        good: {
          type: 'array',
          minItems: 1,
          items: { type: 'object', properties: EXAMPLE_KEYS, required: ['name'], additionalProperties: false },
        },
        bad: {
          type: 'array',
          minItems: 1,
          items: {
            type: 'object',
            properties: { ...EXAMPLE_KEYS, path: { type: 'string' }, paths: { type: 'array', items: { type: 'string' } }, says: TEXT },
            required: ['name'],
            additionalProperties: false,
          },
        },
      },
      required: ['good', 'bad'],
      additionalProperties: false,
    },
  },
  required: ['id', 'group', 'title', 'severity', 'why', 'fix', 'match', 'message', 'examples'],
  additionalProperties: false,
} as const satisfies JSONSchema;
