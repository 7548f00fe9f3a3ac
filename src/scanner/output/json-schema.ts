import type { JSONSchema } from '../../platform/index.ts';
import { ACTIONS, SEVERITIES } from '../../policy/index.ts';

const text = (description: string) => ({ type: 'string', description }) as const;
const textOrNull = (description: string) => ({ type: ['string', 'null'], description }) as const;
const count = (description: string) => ({ type: 'integer', minimum: 0, description }) as const;
const place = (description: string) => ({ type: 'integer', minimum: 1, description }) as const;

const FINDING_KEYS = {
  policy: text('Id of the policy.'),
  severity: { enum: SEVERITIES, description: 'How bad it is.' },
  action: { enum: ACTIONS.filter((action) => action !== 'off'), description: 'What the admission webhook would do.' },
  file: text('Path as given, or below the folder that was given; - for standard input.'),
  document: count('Place of the document in its file, from 0.'),
  line: place('Line of the key at fault; where something is missing, of the nearest key above it.'),
  column: place('Column of that key, in UTF-16 units.'),
  path: text('JSON Pointer in the document; where something is missing, the place where it belongs.'),
  object: {
    type: 'object',
    description: 'The object that is judged; empty text where it does not say.',
    properties: { apiVersion: text('API version.'), kind: text('Kind.'), namespace: textOrNull('Namespace.'), name: text('Name.') },
    required: ['apiVersion', 'kind', 'namespace', 'name'],
    additionalProperties: false,
  },
  container: textOrNull('Name of the container at fault.'),
  message: text('What is wrong.'),
  value: { description: 'What stands at the path; null where nothing does.' },
  fix: text('What to write instead.'),
  title: text('The policy in a few words.'),
  expected: textOrNull('What would be accepted.'),
  patch: {
    type: ['array', 'null'],
    items: { type: 'object' },
    description:
      'JSON Patch (RFC 6902) of the object in its document, where the policy asks for one value; each for the document as it was read.',
  },
  docs: text('Page of the policy.'),
  source: textOrNull('Template that Helm names in a comment above the document.'),
  fingerprint: { type: 'string', pattern: '^[0-9a-f]{16}$', description: 'The same for the same policy, object and path in every run.' },
} as const;

const ERROR_KEYS = {
  file: text('The file.'),
  document: { type: ['integer', 'null'], minimum: 0, description: 'Place of the document in its file, from 0.' },
  line: { type: ['integer', 'null'], minimum: 1, description: 'Line where reading stopped.' },
  column: { type: ['integer', 'null'], minimum: 1, description: 'Column there.' },
  message: text('Why it cannot be read.'),
} as const;

const SUMMARY_KEYS = {
  files: count('Files that were read.'),
  documents: count('Documents that were judged.'),
  objects: count('Objects in them.'),
  policies: count('Policies that were active.'),
  findings: {
    type: 'object',
    description: 'Findings, in all and by severity.',
    properties: Object.fromEntries(['total', ...SEVERITIES].map((key) => [key, count('Findings.')])),
    required: ['total', ...SEVERITIES],
    additionalProperties: false,
  },
  excepted: count('Findings that an exception took away.'),
  errors: count('Entries of errors.'),
  skipped: {
    type: 'array',
    description: 'Files that were left out.',
    items: {
      type: 'object',
      properties: { file: text('The file.'), reason: text('Why.') },
      required: ['file', 'reason'],
      additionalProperties: false,
    },
  },
  profile: text('The profile.'),
  pssVersion: text('Version of the Pod Security Standards.'),
  failOn: text('Severity from which the scan fails.'),
  exceptions: { type: 'array', items: { type: 'object' }, description: 'What became of each exception: used, unused or expired.' },
} as const;

const closed = (properties: Readonly<Record<string, unknown>>): object => ({
  type: 'object',
  properties,
  required: Object.keys(properties),
  additionalProperties: false,
});

/** What `bellwether scan --format json` writes; published as docs/scan-output.schema.json. */
export const SCAN_OUTPUT_SCHEMA = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'Result of bellwether scan',
  ...closed({
    findings: { type: 'array', items: closed(FINDING_KEYS), description: 'In the order of files and lines.' },
    errors: { type: 'array', items: closed(ERROR_KEYS), description: 'What could not be read.' },
    summary: closed(SUMMARY_KEYS),
  }),
} as JSONSchema & object;
