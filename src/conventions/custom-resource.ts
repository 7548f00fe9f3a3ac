/**
 * A kind of ours. The schema is structural: every place has a type and unknown fields are dropped by the API server, so what it lets in
 * needs no second check of its shape.
 */
export interface CustomResourceDeclaration {
  readonly group: string;
  readonly kind: string;
  /** Lower case, as in `kubectl get`. */
  readonly plural: string;
  readonly singular: string;
  readonly shortNames?: readonly string[];
  readonly scope: 'Namespaced' | 'Cluster';
  /** Newest first. Exactly one is stored. */
  readonly versions: readonly CustomResourceVersion[];
}

export interface CustomResourceVersion {
  readonly name: string;
  readonly stored: boolean;
  /** A warning for whoever still writes this version. */
  readonly deprecation?: string;
  /** Of the whole object below `metadata`: usually `spec` and `status`. */
  readonly schema: StructuralSchema & { readonly type: 'object' };
  /** `status` is written apart from `spec`, and only through its own path. */
  readonly hasStatus?: boolean;
  /** What `kubectl get` shows. */
  readonly columns?: readonly PrinterColumn[];
}

export interface PrinterColumn {
  readonly name: string;
  readonly type: 'string' | 'integer' | 'number' | 'boolean' | 'date';
  /** A simple JSON path, such as `.spec.owner`. */
  readonly jsonPath: string;
  readonly description?: string;
  /** Shown only with `-o wide`. */
  readonly wide?: boolean;
}

/** The parts of OpenAPI v3 that the API server takes in a structural schema. */
export interface StructuralSchema {
  readonly type?: 'object' | 'array' | 'string' | 'integer' | 'number' | 'boolean';
  readonly description?: string;
  readonly properties?: Readonly<Record<string, StructuralSchema>>;
  readonly additionalProperties?: StructuralSchema;
  readonly required?: readonly string[];
  readonly items?: StructuralSchema;
  readonly enum?: readonly (string | number)[];
  readonly default?: unknown;
  readonly nullable?: boolean;
  readonly pattern?: string;
  readonly format?: 'date-time' | 'date' | 'int32' | 'int64' | 'double' | 'uri';
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minProperties?: number;
  readonly maxProperties?: number;
  readonly 'x-kubernetes-int-or-string'?: true;
  readonly 'x-kubernetes-preserve-unknown-fields'?: true;
  readonly 'x-kubernetes-list-type'?: 'atomic' | 'set' | 'map';
  readonly 'x-kubernetes-list-map-keys'?: readonly string[];
  readonly 'x-kubernetes-map-type'?: 'atomic' | 'granular';
  /** Rules in CEL; lists and texts they walk over need a largest size, or the API server refuses them as too costly. */
  readonly 'x-kubernetes-validations'?: readonly {
    readonly rule: string;
    readonly message?: string;
    readonly messageExpression?: string;
    readonly fieldPath?: string;
    readonly reason?: 'FieldValueInvalid' | 'FieldValueForbidden' | 'FieldValueRequired' | 'FieldValueDuplicate';
  }[];
}
