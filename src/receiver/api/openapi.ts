import { PORTS, VERSION } from '../../conventions/index.ts';
import { VERDICT_FEED_PATH, VERDICT_REQUEST_SCHEMA } from '../../feedback/index.ts';
import { ERROR_CODES, type ErrorCode } from '../../platform/index.ts';
import { EVENT_BATCH } from '../../runtime-events/index.ts';
import { ERROR } from '../../web/index.ts';
import type { Role } from '../auth/identity.ts';
import { EVENT_EXPORT_QUERY, EVENT_QUERY, EVENT_STREAM_QUERY, EVENT_TREE_QUERY } from '../events/event-query.ts';
import { MITIGATION_BODY, REVOKE_BODY, SWITCH_BODY } from '../mitigation/requests.ts';
import { ANSWERS } from './answer-schemas.ts';
import {
  ACKNOWLEDGE_BODY,
  ALERT_QUERY,
  AUDIT_QUERY,
  EXPORT_QUERY,
  EXTEND_BODY,
  FEED_QUERY,
  LINK_BODY,
  MASK_QUERY,
  SILENCE_BODY,
  UNDO_BODY,
  VERDICT_QUERY,
} from './schemas.ts';

type Schema = Readonly<Record<string, unknown>>;
type Query = { readonly properties: Readonly<Record<string, Schema & { readonly description?: string }>> };

interface Operation {
  readonly id: string;
  readonly summary: string;
  /** Undefined: it is signed, or open. */
  readonly role?: Role;
  readonly query?: Query;
  readonly body?: Schema;
  /** Name of the answer; undefined where it is a file, or nothing. */
  readonly answer?: keyof typeof ANSWERS;
  readonly status?: 200 | 201 | 204;
  readonly errors?: readonly ErrorCode[];
}

/** One alert and a word about it, or a whole verdict. */
const GIVEN = {
  oneOf: [
    {
      type: 'object',
      required: ['alert', 'word'],
      properties: {
        alert: { type: 'string', description: 'Id or fingerprint of a stored alert.' },
        word: VERDICT_REQUEST_SCHEMA.properties.word,
        reason: VERDICT_REQUEST_SCHEMA.properties.reason,
        metrics: VERDICT_REQUEST_SCHEMA.properties.metrics,
        expiresSeconds: VERDICT_REQUEST_SCHEMA.properties.expiresSeconds,
      },
    },
    VERDICT_REQUEST_SCHEMA,
  ],
} as const;

/** Bodies of Alertmanager and Slack are theirs to describe. */
const THEIRS = { type: 'object' } as const;

const OPERATIONS: Readonly<Record<string, Operation>> = {
  'POST /api/v1/alertmanager': {
    id: 'takeAlerts',
    summary: 'Webhook of Alertmanager, format 4',
    role: 'sender',
    body: THEIRS,
    status: 204,
  },
  'GET /api/v1/alerts': { id: 'listAlerts', summary: 'Alerts, newest first', role: 'viewer', query: ALERT_QUERY, answer: 'AlertPage' },
  'GET /api/v1/alerts/{id}': { id: 'getAlert', summary: 'One alert with evidence and verdicts', role: 'viewer', answer: 'AlertDetail' },
  'POST /api/v1/alerts/{id}/acknowledge': {
    id: 'acknowledge',
    summary: 'A short silence',
    role: 'responder',
    body: ACKNOWLEDGE_BODY,
    answer: 'SilenceMade',
    status: 201,
    errors: ['not_found', 'upstream_unavailable'],
  },
  'GET /api/v1/alerts/{id}/events': {
    id: 'listAlertEvents',
    summary: 'Runtime events of its workload around the alert',
    role: 'viewer',
    answer: 'AlertEvents',
  },
  'POST /api/v1/events': {
    id: 'takeEvents',
    summary: 'Take runtime events of a collector',
    role: 'sender',
    body: EVENT_BATCH,
    answer: 'EventsTaken',
  },
  'GET /api/v1/events': {
    id: 'listEvents',
    summary: 'Runtime events, newest first',
    role: 'viewer',
    query: EVENT_QUERY,
    answer: 'EventPage',
  },
  'GET /api/v1/events/export': { id: 'exportEvents', summary: 'Runtime events as a file', role: 'viewer', query: EVENT_EXPORT_QUERY },
  'GET /api/v1/events/stream': {
    id: 'followEvents',
    summary: 'Runtime events as they arrive, as server-sent events',
    role: 'viewer',
    query: EVENT_STREAM_QUERY,
    errors: ['overloaded'],
  },
  'GET /api/v1/events/tree': {
    id: 'treeOfEvents',
    summary: 'Processes by who started whom',
    role: 'viewer',
    query: EVENT_TREE_QUERY,
    answer: 'ProcessTree',
  },
  'POST /api/v1/verdicts': {
    id: 'giveVerdict',
    summary: 'Say what an alert, or a stretch without one, was',
    role: 'responder',
    body: GIVEN,
    answer: 'VerdictGiven',
    status: 201,
    errors: ['not_found', 'conflict'],
  },
  'GET /api/v1/verdicts': {
    id: 'listVerdicts',
    summary: 'Verdicts, newest first',
    role: 'viewer',
    query: VERDICT_QUERY,
    answer: 'VerdictPage',
  },
  'GET /api/v1/verdicts/export': { id: 'exportVerdicts', summary: 'Verdicts as a file', role: 'viewer', query: EXPORT_QUERY },
  [`GET ${VERDICT_FEED_PATH}`]: {
    id: 'readFeed',
    summary: 'The log, for exporters',
    role: 'viewer',
    query: FEED_QUERY,
    answer: 'VerdictFeed',
  },
  'POST /api/v1/verdicts/{id}/undo': {
    id: 'undoVerdict',
    summary: 'Take a verdict back, with what was propagated from it',
    role: 'responder',
    body: UNDO_BODY,
    answer: 'Undone',
    errors: ['not_found', 'conflict'],
  },
  'POST /api/v1/links': {
    id: 'makeLink',
    summary: 'A signed link that gives one verdict',
    role: 'responder',
    body: LINK_BODY,
    answer: 'Link',
    status: 201,
    errors: ['not_found'],
  },
  'GET /api/v1/silences': { id: 'listSilences', summary: 'Silences as last seen', role: 'viewer', answer: 'SilenceList' },
  'POST /api/v1/silences': {
    id: 'makeSilence',
    summary: 'A silence, with its verdict',
    role: 'responder',
    body: SILENCE_BODY,
    answer: 'SilenceMade',
    status: 201,
    errors: ['not_found', 'upstream_unavailable'],
  },
  'POST /api/v1/silences/{id}/extend': {
    id: 'extendSilence',
    summary: 'Another end',
    role: 'responder',
    body: EXTEND_BODY,
    answer: 'SilenceMade',
    errors: ['not_found', 'conflict', 'upstream_unavailable'],
  },
  'POST /api/v1/silences/{id}/expire': {
    id: 'expireSilence',
    summary: 'End it',
    role: 'responder',
    status: 204,
    errors: ['not_found', 'upstream_unavailable'],
  },
  'GET /api/v1/masks': { id: 'listMasks', summary: 'Stretches that teach nothing', role: 'viewer', query: MASK_QUERY, answer: 'MaskList' },
  'GET /api/v1/channels': { id: 'listChannels', summary: 'Channels of messages', role: 'viewer', answer: 'ChannelList' },
  'POST /api/v1/channels/{name}/test': {
    id: 'testChannel',
    summary: 'Send a test message',
    role: 'admin',
    answer: 'Delivered',
    errors: ['not_found', 'upstream_unavailable'],
  },
  'POST /api/v1/slack/actions': {
    id: 'takeClick',
    summary: 'Clicks on buttons, signed by Slack',
    body: THEIRS,
    errors: ['not_found', 'conflict'],
  },
  'GET /api/v1/mitigations': { id: 'listMitigations', summary: 'Mitigations, and the switch', role: 'viewer', answer: 'Mitigations' },
  'POST /api/v1/mitigations': {
    id: 'askForMitigation',
    summary: 'Ask for a mitigation, or for its plan',
    role: 'responder',
    body: MITIGATION_BODY,
    answer: 'Mitigation',
    status: 201,
    errors: ['not_found', 'conflict'],
  },
  'GET /api/v1/mitigations/{namespace}/{name}': {
    id: 'getMitigation',
    summary: 'One mitigation',
    role: 'viewer',
    answer: 'Mitigation',
    errors: ['not_found'],
  },
  'POST /api/v1/mitigations/{namespace}/{name}/approve': {
    id: 'approveMitigation',
    summary: 'Let one begin',
    role: 'responder',
    answer: 'Mitigation',
    errors: ['not_found', 'conflict'],
  },
  'POST /api/v1/mitigations/{namespace}/{name}/revert': {
    id: 'revertMitigation',
    summary: 'Take one back',
    role: 'responder',
    body: REVOKE_BODY,
    answer: 'Mitigation',
    errors: ['not_found', 'conflict'],
  },
  'POST /api/v1/mitigations/revert-all': { id: 'revertAll', summary: 'Take everything back', role: 'responder', answer: 'Mitigations' },
  'POST /api/v1/mitigations/switch': {
    id: 'setSwitch',
    summary: 'Turn mitigations on or off',
    role: 'admin',
    body: SWITCH_BODY,
    answer: 'Mitigations',
  },
  'GET /api/v1/audit': { id: 'readAudit', summary: 'Who did what', role: 'admin', query: AUDIT_QUERY, answer: 'AuditPage' },
  'GET /api/v1/backup': { id: 'backUp', summary: 'A consistent copy of the SQLite store', role: 'admin' },
};

const REASONS: Partial<Record<ErrorCode, string>> = {
  invalid_input: 'A parameter or field is wrong; `field` names the first.',
  unauthorized: 'No token, or not a known one.',
  forbidden: 'The token has not the role.',
  not_found: 'There is no such thing.',
  conflict: 'It was done before, or is too late.',
  overloaded: 'Too many requests, or as many verdicts as count within a day.',
  not_ready: 'The store is away, or another replica leads; try again.',
  upstream_unavailable: 'Alertmanager, or the channel, did not do it.',
};
const json = (schema: Schema) => ({ 'application/json': { schema } });
const reference = (name: string): Schema => ({ $ref: `#/components/schemas/${name}` });
const errorOf = (code: ErrorCode) => [
  String(ERROR_CODES[code].httpStatus),
  { description: REASONS[code] ?? code, content: json(reference('Error')) },
];

const pathParameters = (path: string) =>
  [...path.matchAll(/\{([a-z]+)\}/g)].map(([, name]) => ({ name, in: 'path', required: true, schema: { type: 'string', minLength: 1 } }));
const queryParameters = ({ properties }: Query) =>
  Object.entries(properties).map(([name, { description = '', ...schema }]) => ({
    name,
    in: 'query',
    required: false,
    description,
    schema,
  }));

const operation = (path: string, { id, summary, role, query, body, answer, status = 200, errors = [] }: Operation) => ({
  operationId: id,
  summary: role === undefined ? summary : `${summary} (role ${role})`,
  ...(role === undefined ? {} : { security: [{ token: [] }] }),
  parameters: [...pathParameters(path), ...(query ? queryParameters(query) : [])],
  ...(body ? { requestBody: { required: true, content: json(body) } } : {}),
  responses: {
    [status]: { description: 'Done.', ...(answer === undefined ? {} : { content: json(reference(answer)) }) },
    ...Object.fromEntries(
      [
        ...new Set<ErrorCode>([
          'invalid_input',
          'unauthorized',
          ...(role ? (['forbidden'] as const) : []),
          ...errors,
          'overloaded',
          'not_ready',
        ]),
      ].map(errorOf),
    ),
  },
});

const pathsOf = () => {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const [route, one] of Object.entries(OPERATIONS)) {
    const [method = '', path = ''] = route.split(' ');
    paths[path] = { ...paths[path], [method.toLowerCase()]: operation(path, one) };
  }
  return paths;
};

/** The API as an OpenAPI 3.1 document; requests are checked against the same schemas. */
export const receiverOpenApi = () => ({
  openapi: '3.1.0',
  info: {
    title: 'Bellwether receiver',
    version: VERSION,
    description: 'Alerts, verdicts on them, silences and messages. Times are unix seconds.',
    license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
  },
  servers: [{ url: `http://127.0.0.1:${PORTS.receiverApi}` }],
  paths: pathsOf(),
  components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } }, schemas: { ...ANSWERS, Error: ERROR } },
});
