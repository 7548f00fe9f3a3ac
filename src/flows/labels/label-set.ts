import { BellwetherError, type FromSchema, validate } from '../../platform/index.ts';
import type { Conversation } from '../endpoint/service.ts';

const TEXT = { type: 'string', minLength: 1, maxLength: 100 } as const;

/** Form of a label set: what the texts of a label column stand for, and which flows of a label are its own. */
const LABEL_SET = {
  type: 'object',
  additionalProperties: false,
  required: ['labels'],
  properties: {
    labels: {
      type: 'array',
      minItems: 1,
      maxItems: 1000,
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['id', 'name'],
        properties: {
          id: { ...TEXT, description: 'As the label column writes it.' },
          name: { ...TEXT, description: 'Family; `benign` where it is none.' },
          references: { type: 'array', maxItems: 20, items: { type: 'string', pattern: '^CVE-[0-9]{4}-[0-9]{4,7}$' } },
        },
      },
    },
    rules: {
      type: 'array',
      maxItems: 10_000,
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['label', 'family'],
        anyOf: [{ required: ['servicePorts'] }, { required: ['clients'] }],
        properties: {
          label: { ...TEXT, description: 'Id of the label that it holds for.' },
          family: TEXT,
          servicePorts: { type: 'array', minItems: 1, maxItems: 100, items: { type: 'integer', minimum: 0, maximum: 65_535 } },
          clients: { type: 'array', minItems: 1, maxItems: 1000, items: { type: 'string', minLength: 2, maxLength: 64 } },
        },
      },
    },
  },
} as const;

type Label = FromSchema<typeof LABEL_SET>['labels'][number];

export interface LabelSet {
  readonly labels: readonly Label[];
  /** The label that a text stands for, by id or name; undefined for one that the set does not have. */
  find(text: string): Label | undefined;
  /** The family of a flow with this label; empty = benign. A label with rules has it only where one of them fits: most flows of an attack's recording are none of it. */
  familyOf(text: string, conversation: Conversation): string;
}

const BENIGN = 'benign';

/** A label set out of its file. Throws `invalid_input` with every problem. */
export const parseLabelSet = (value: unknown, path: string): LabelSet => {
  const checked = validate(LABEL_SET, value);
  if (!checked.ok)
    throw new BellwetherError('invalid_input', `${path} is wrong: ${checked.problems.map(({ message }) => message).join('; ')}`);
  const { labels, rules = [] } = checked.value as FromSchema<typeof LABEL_SET>;
  const byText = new Map<string, Label>();
  for (const label of labels)
    for (const text of new Set([label.id, label.name])) {
      if (text !== BENIGN && byText.has(text)) throw new BellwetherError('invalid_input', `${path} is wrong: ${text} is there twice`);
      byText.set(text, label);
    }
  const rulesOf = new Map<string, typeof rules>();
  for (const rule of rules) {
    if (!labels.some(({ id }) => id === rule.label))
      throw new BellwetherError('invalid_input', `${path} is wrong: a rule is for the label ${rule.label}, which is not there`);
    rulesOf.set(rule.label, [...(rulesOf.get(rule.label) ?? []), rule]);
  }
  const find = (text: string): Label | undefined => byText.get(text.trim());
  return {
    labels,
    find,
    familyOf: (text, { client, port }) => {
      const label = find(text);
      if (!label) throw new BellwetherError('invalid_input', `the label ${JSON.stringify(text)} is not in ${path}`);
      if (label.name === BENIGN) return '';
      const own = rulesOf.get(label.id);
      if (!own) return label.name;
      return own.find(({ servicePorts, clients }) => servicePorts?.includes(port) || clients?.includes(client))?.family ?? '';
    },
  };
};
