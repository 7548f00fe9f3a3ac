import type { StructuralSchema } from './custom-resource.ts';

/** The part of JSON Schema in which our own inputs are described. */
interface PlainSchema {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, PlainSchema>>;
  readonly additionalProperties?: boolean | PlainSchema;
  readonly items?: PlainSchema;
  readonly enum?: readonly (string | number)[];
  readonly [keyword: string]: unknown;
}

// The API server drops unknown fields by itself, and wants a type at every place.
const withType = ({ type, enum: values }: PlainSchema): string | undefined =>
  type ?? (values?.every((value) => typeof value === 'string') ? 'string' : undefined);

/**
 * A JSON Schema as an API server takes it in a CustomResourceDefinition, so that file and resource are described once. Defaults are left
 * out: written into an object they would look like a wish of its author.
 */
export const toStructuralSchema = (schema: PlainSchema): StructuralSchema => {
  const { properties, additionalProperties, items, default: _default, ...rest } = schema;
  const type = withType(schema);
  return {
    ...rest,
    ...(type === undefined ? {} : { type }),
    ...(properties
      ? { properties: Object.fromEntries(Object.entries(properties).map(([name, one]) => [name, toStructuralSchema(one)])) }
      : {}),
    ...(typeof additionalProperties === 'object' ? { additionalProperties: toStructuralSchema(additionalProperties) } : {}),
    ...(additionalProperties === true ? { 'x-kubernetes-preserve-unknown-fields': true as const } : {}),
    ...(items ? { items: toStructuralSchema(items) } : {}),
  } as StructuralSchema;
};
