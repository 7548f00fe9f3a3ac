import type { CustomResourceDeclaration, StructuralSchema } from './custom-resource.ts';
import { MITIGATION_KIND } from './mitigation-words.ts';

/** A limit without an end is forbidden; these bound it. Seconds. */
export const MITIGATION_TTL = { min: 60, default: 900, max: 14_400 } as const;

/** Longest name: it is also the value of a label. */
const MAX_NAME = 63;
const text = (description: string, maxLength: number): StructuralSchema => ({ type: 'string', minLength: 1, maxLength, description });
const time = (description: string): StructuralSchema => ({ type: 'string', format: 'date-time', description });

const PERSON: StructuralSchema = {
  type: 'object',
  required: ['by', 'at'],
  properties: { by: text('Who.', 200), at: time('When.'), reason: { type: 'string', maxLength: 1000, description: 'Why.' } },
};

const fixed = (field: string) => ({
  rule: `self.${field} == oldSelf.${field}`,
  message: `${field} cannot be changed: revert this mitigation and make another`,
});
const once = (field: string) => ({
  rule: `!has(oldSelf.${field}) || (has(self.${field}) && self.${field} == oldSelf.${field})`,
  message: `${field} cannot be taken back or rewritten`,
});
const fixedOptional = (field: string) => ({
  rule: `has(self.${field}) == has(oldSelf.${field}) && (!has(self.${field}) || self.${field} == oldSelf.${field})`,
  message: `${field} cannot be changed: revert this mitigation and make another`,
});

const LIMIT: StructuralSchema = {
  type: 'object',
  description: 'Numbers; what is absent is worked out from the traffic of the target itself.',
  properties: {
    requestsPerSecond: { type: 'number', minimum: 1, maximum: 1_000_000, description: 'As one instance of the data plane counts it.' },
    burst: { type: 'integer', minimum: 0, maximum: 1_000_000, description: 'Requests above the rate that may come at once.' },
    connections: { type: 'integer', minimum: 1, maximum: 1_000_000, description: 'Requests in flight at once; not limited where absent.' },
    egressBitsPerSecond: {
      type: 'integer',
      format: 'int64',
      minimum: 100_000,
      maximum: 1_000_000_000_000,
      description: 'What each pod may send, for limitEgress alone.',
    },
    perClient: { type: 'boolean', default: true, description: 'For each client address alone, or for all together.' },
    allowedClients: {
      type: 'array',
      maxItems: 50,
      items: { type: 'string', minLength: 3, maxLength: 49 },
      description: 'Addresses and ranges that are never limited, beside the configured ones.',
    },
  },
};

const SPEC: StructuralSchema = {
  type: 'object',
  required: ['target', 'reason'],
  properties: {
    target: {
      type: 'object',
      required: ['kind', 'name'],
      description: 'A route or a workload of the same namespace.',
      properties: { kind: text('Such as HTTPRoute, Ingress or Deployment.', 63), name: text('Its name.', 253) },
    },
    action: { type: 'string', enum: ['rateLimit', 'isolate', 'limitEgress'], default: 'rateLimit', description: 'What is done.' },
    mode: {
      type: 'string',
      enum: ['dryRun', 'enforce'],
      default: 'dryRun',
      description: 'Whether requests are turned away, or only counted.',
    },
    backEnd: text('Which data plane; the first that serves the target where absent.', 63),
    limit: LIMIT,
    ttlSeconds: {
      type: 'integer',
      minimum: MITIGATION_TTL.min,
      maximum: MITIGATION_TTL.max,
      default: MITIGATION_TTL.default,
      description: 'Life from its application on.',
    },
    reason: text('Why, for people.', 1000),
    requestedBy: text('Who or what asked for it.', 200),
    alert: {
      type: 'object',
      required: ['id', 'name', 'fingerprint'],
      description: 'The alert that it answers; absent for one made by hand.',
      properties: {
        id: text('As the receiver keeps it.', 253),
        name: text('Its name.', 253),
        fingerprint: text('As Alertmanager gives it.', 64),
        workload: {
          type: 'object',
          required: ['kind', 'name'],
          description: 'The workload that it is about.',
          properties: { kind: { type: 'string', maxLength: 63 }, name: text('Its name.', 253) },
        },
      },
    },
    approval: { ...PERSON, description: 'Who let it bite.' },
    revoked: { ...PERSON, description: 'Who took it back before its end.' },
  },
  'x-kubernetes-validations': [
    fixed('target'),
    fixed('action'),
    fixed('mode'),
    fixed('ttlSeconds'),
    fixedOptional('backEnd'),
    fixedOptional('limit'),
    fixedOptional('alert'),
    once('approval'),
    once('revoked'),
    { rule: "self.action != 'isolate' || !has(self.limit)", message: 'isolation has no numbers: leave limit out' },
    {
      rule: "(self.action == 'limitEgress') == (has(self.limit) && has(self.limit.egressBitsPerSecond))",
      message: 'limitEgress needs limit.egressBitsPerSecond, and nothing else takes it',
    },
    {
      rule: "self.action != 'limitEgress' || !(has(self.limit.requestsPerSecond) || has(self.limit.burst) || has(self.limit.connections))",
      message: 'limitEgress bounds what pods send: leave requestsPerSecond, burst and connections out',
    },
  ],
};

const STATUS: StructuralSchema = {
  type: 'object',
  properties: {
    phase: {
      type: 'string',
      enum: ['Pending', 'AwaitingApproval', 'Applying', 'Applied', 'Reverting', 'Ended'],
      description: 'Where it stands.',
    },
    message: { type: 'string', maxLength: 4000, description: 'The newest word about it, for people.' },
    observedGeneration: { type: 'integer', format: 'int64' },
    backEnd: { type: 'string', maxLength: 63, description: 'Which data plane was chosen.' },
    mode: { type: 'string', maxLength: 10, description: 'What is really done: dryRun where enforcing was not allowed.' },
    targets: { type: 'array', maxItems: 50, items: { type: 'string', maxLength: 400 }, description: 'Routes that are limited.' },
    numbers: {
      type: 'object',
      properties: {
        requestsPerSecond: { type: 'number' },
        burst: { type: 'integer' },
        connections: { type: 'integer' },
        perClient: { type: 'boolean' },
        from: { type: 'string', maxLength: 1000, description: 'Where they come from.' },
      },
    },
    changes: { type: 'array', maxItems: 50, items: { type: 'string', maxLength: 1000 }, description: 'What is written, one line each.' },
    notes: { type: 'array', maxItems: 50, items: { type: 'string', maxLength: 1000 }, description: 'What people have to know about it.' },
    requestedAt: time('When it was first seen.'),
    appliedAt: time('When the first write began.'),
    expiresAt: time('When it ends by itself.'),
    endedAt: time('When nothing of it was left.'),
    endCause: { type: 'string', maxLength: 63, description: 'Why it ended.' },
    trigger: {
      type: 'object',
      description: 'What was measured when it was planned.',
      properties: {
        score: { type: 'number' },
        modelVersion: { type: 'string', maxLength: 200 },
        requestsPerSecond: { type: 'number' },
        failureRatio: { type: 'number' },
        latencySeconds: { type: 'number', description: 'Nineteen of twenty requests took no longer.' },
      },
    },
    effect: {
      type: 'object',
      description: 'What was measured while it was in force.',
      properties: {
        rejectedPerSecond: { type: 'number' },
        failureRatio: { type: 'number' },
        latencySeconds: { type: 'number', description: 'Nineteen of twenty requests that were let through took no longer.' },
        politeRejectedRatio: { type: 'number', description: 'Share of the clients below the rate that were turned away.' },
        peakRejectedPerSecond: { type: 'number' },
      },
    },
    conditions: {
      type: 'array',
      maxItems: 20,
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['type'],
      items: {
        type: 'object',
        required: ['type', 'status', 'reason', 'lastTransitionTime'],
        properties: {
          type: { type: 'string', enum: ['Planned', 'Applied', 'Accepted', 'Effective', 'Expired', 'Reverted', 'Failed'] },
          status: { type: 'string', enum: ['True', 'False', 'Unknown'] },
          reason: { type: 'string', maxLength: 100 },
          message: { type: 'string', maxLength: 4000 },
          lastTransitionTime: time('When the status last changed.'),
          observedGeneration: { type: 'integer', format: 'int64' },
        },
      },
    },
  },
};

/** The kind in which people and alerts ask for a mitigation, and in which they read what became of it. */
export const MITIGATION_RESOURCE: CustomResourceDeclaration = {
  group: 'bellwether.dev',
  kind: MITIGATION_KIND.kind,
  plural: 'mitigations',
  singular: 'mitigation',
  shortNames: ['mit'],
  scope: 'Namespaced',
  versions: [
    {
      name: 'v1alpha1',
      stored: true,
      hasStatus: true,
      schema: {
        type: 'object',
        required: ['spec'],
        properties: { spec: SPEC, status: STATUS },
        'x-kubernetes-validations': [
          { rule: `size(self.metadata.name) <= ${MAX_NAME}`, message: `the name may have ${MAX_NAME} characters: it is also a label` },
        ],
      },
      columns: [
        { name: 'Target', type: 'string', jsonPath: '.spec.target.name' },
        { name: 'Mode', type: 'string', jsonPath: '.status.mode' },
        { name: 'Phase', type: 'string', jsonPath: '.status.phase' },
        { name: 'Rate', type: 'number', jsonPath: '.status.numbers.requestsPerSecond', description: 'Requests per second.' },
        { name: 'Accepted', type: 'string', jsonPath: ".status.conditions[?(@.type=='Accepted')].status" },
        { name: 'Effective', type: 'string', jsonPath: ".status.conditions[?(@.type=='Effective')].status" },
        { name: 'Expires', type: 'string', jsonPath: '.status.expiresAt' },
        { name: 'By', type: 'string', jsonPath: '.spec.requestedBy', wide: true },
        { name: 'Message', type: 'string', jsonPath: '.status.message', wide: true },
      ],
    },
  ],
};
