import { BellwetherError, type FromSchema, type JSONSchema, validate } from '../../platform/index.ts';
import { isRecord, type JsonRecord, type RequestInfo, recordOf, stringOf, stringsOf } from '../../policy/index.ts';

/** What an API server asks: `request` of an AdmissionReview, admission.k8s.io/v1. */
export interface AdmissionRequest {
  readonly uid: string;
  readonly operation: RequestInfo['operation'];
  /** Plural and group of the resource that was asked for. */
  readonly resource: { readonly group: string; readonly version: string; readonly resource: string };
  readonly subResource: string;
  readonly kind: { readonly group: string; readonly version: string; readonly kind: string };
  readonly name: string;
  readonly namespace: string | undefined;
  readonly user: string;
  readonly groups: readonly string[];
  readonly dryRun: boolean;
  /** Undefined for deletions. */
  readonly object: JsonRecord | undefined;
  /** Undefined for creations. */
  readonly oldObject: JsonRecord | undefined;
}

export interface AdmissionAnswer {
  readonly allowed: boolean;
  /** For the person who asks; only where denied. */
  readonly message?: string;
  readonly warnings?: readonly string[];
  /** For the audit log; the API server puts the webhook's name before each key. */
  readonly auditAnnotations?: Readonly<Record<string, string>>;
}

const TEXT = { type: 'string' } as const;
const GROUP_VERSION = { group: TEXT, version: TEXT } as const;

/** Only what is used, and only its types: fields that later versions add pass. */
const REVIEW_SCHEMA = {
  type: 'object',
  properties: {
    apiVersion: { const: 'admission.k8s.io/v1' },
    kind: { const: 'AdmissionReview' },
    request: {
      type: 'object',
      properties: {
        uid: { type: 'string', minLength: 1, maxLength: 253 },
        operation: { enum: ['CREATE', 'UPDATE', 'DELETE', 'CONNECT'] },
        kind: { type: 'object', properties: { ...GROUP_VERSION, kind: TEXT }, required: ['kind'] },
        resource: { type: 'object', properties: { ...GROUP_VERSION, resource: TEXT }, required: ['resource'] },
        subResource: TEXT,
        name: TEXT,
        namespace: TEXT,
        dryRun: { type: 'boolean' },
        userInfo: { type: 'object' },
      },
      required: ['uid', 'operation', 'kind', 'resource'],
    },
  },
  required: ['apiVersion', 'kind', 'request'],
} as const satisfies JSONSchema;

/** Throws `invalid_input` with what is wrong. */
export const parseReview = (body: unknown): AdmissionRequest => {
  const checked = validate(REVIEW_SCHEMA, body);
  if (!checked.ok)
    throw new BellwetherError('invalid_input', `not an AdmissionReview: ${checked.problems.map(({ message }) => message).join('; ')}`);
  const request = recordOf((checked.value as FromSchema<typeof REVIEW_SCHEMA>).request);
  const kind = recordOf(request.kind);
  const resource = recordOf(request.resource);
  const user = recordOf(request.userInfo);
  const text = (value: unknown): string => stringOf(value) ?? '';
  return {
    uid: text(request.uid),
    operation: request.operation as AdmissionRequest['operation'],
    kind: { group: text(kind.group), version: text(kind.version), kind: text(kind.kind) },
    resource: { group: text(resource.group), version: text(resource.version), resource: text(resource.resource) },
    subResource: text(request.subResource),
    name: text(request.name),
    namespace: stringOf(request.namespace) || undefined,
    user: text(user.username),
    groups: stringsOf(user.groups),
    dryRun: request.dryRun === true,
    object: isRecord(request.object) ? request.object : undefined,
    oldObject: isRecord(request.oldObject) ? request.oldObject : undefined,
  };
};

// What `kubectl` shows as "Error from server (Forbidden)".
const FORBIDDEN = { code: 403, reason: 'Forbidden' } as const;

/** The AdmissionReview that goes back. A denial is an answer too: HTTP 200 with `allowed: false`. */
export const answerReview = (uid: string, { allowed, message, warnings = [], auditAnnotations = {} }: AdmissionAnswer): object => ({
  apiVersion: 'admission.k8s.io/v1',
  kind: 'AdmissionReview',
  response: {
    uid,
    allowed,
    ...(message === undefined ? {} : { status: { ...FORBIDDEN, message } }),
    ...(warnings.length === 0 ? {} : { warnings }),
    ...(Object.keys(auditAnnotations).length === 0 ? {} : { auditAnnotations }),
  },
});
