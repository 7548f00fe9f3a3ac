import { PORTS, VERSION } from '../../conventions/index.ts';
import { ERROR_CODES, type ErrorCode } from '../../platform/index.ts';
import { ERROR } from '../../web/index.ts';
import { EXPLAIN_QUERY, EXPLANATION } from './schema/explanation.ts';
import { PREDICT_FLOW_REQUEST, PREDICT_FLOW_RESPONSE } from './schema/flow-prediction.ts';
import { INCIDENTS } from './schema/incidents.ts';
import { INGEST_REQUEST, INGEST_RESPONSE } from './schema/ingestion.ts';
import { PREDICT_REQUEST, PREDICT_RESPONSE } from './schema/prediction.ts';
import { KNOWN_VERDICTS } from './schema/verdicts.ts';
import { STATUS, WORKLOAD_PAGE, WORKLOAD_QUERY } from './schema/workloads.ts';

type Schema = Readonly<Record<string, unknown>>;
type Properties = Readonly<Record<string, Schema & { readonly description?: string }>>;

const reference = (name: string): Schema => ({ $ref: `#/components/schemas/${name}` });
const json = (name: string) => ({ 'application/json': { schema: reference(name) } });
const answer = (description: string, name: string) => ({ description, content: json(name) });

const REASONS: Partial<Record<ErrorCode, string>> = {
  invalid_input: 'A parameter or field is wrong; `field` names the first.',
  unauthorized: 'No token, or not the right one.',
  forbidden: 'Pushed samples are not accepted here.',
  not_found: 'There is no such workload, or it has no data around this time.',
  conflict: 'The batch id was used before for other content.',
  too_large: 'The body is too large.',
  overloaded: 'Too much waits; try again after `Retry-After` seconds.',
  upstream_unavailable: 'Prometheus did not answer, or not as it should.',
  not_ready: 'Without a Prometheus only what is remembered can be explained.',
  timeout: 'Prometheus took too long.',
};

const errors = (...codes: readonly ErrorCode[]) =>
  Object.fromEntries(codes.map((code) => [String(ERROR_CODES[code].httpStatus), answer(REASONS[code] ?? code, 'Error')]));

const queryParameters = (properties: Properties) =>
  Object.entries(properties).map(([name, { description = '', ...schema }]) => ({
    name,
    in: 'query',
    required: false,
    description,
    schema,
  }));

const WORKLOAD_PARAMETER = {
  name: 'workload',
  in: 'path',
  required: true,
  description: 'The `id` of a workload: `KIND~NAMESPACE~NAME`, `Node~~NAME`, or `@~label=value` for an entity of chosen labels.',
  schema: { type: 'string', minLength: 1 },
} as const;

const body = (name: string) => ({ required: true, content: json(name) });

/** The API as an OpenAPI 3.1 document. Requests and answers are checked against the same schemas. */
export const openApiDocument = () => ({
  openapi: '3.1.0',
  info: {
    title: 'Bellwether exporter',
    version: VERSION,
    description: 'Scores of workloads and the reasons for them. A score of 1 or more is an anomaly, for every workload alike.',
    license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
  },
  servers: [{ url: `http://127.0.0.1:${PORTS.exporterApi}` }],
  paths: {
    '/api/v1/status': {
      get: { operationId: 'getStatus', summary: 'Where the exporter stands', responses: { 200: answer('The state.', 'Status') } },
    },
    '/api/v1/workloads': {
      get: {
        operationId: 'listWorkloads',
        summary: 'Workloads with their scores',
        parameters: queryParameters(WORKLOAD_QUERY.properties),
        responses: { 200: answer('A page of workloads.', 'WorkloadPage'), ...errors('invalid_input') },
      },
    },
    '/api/v1/workloads/{workload}/explain': {
      get: {
        operationId: 'explainWorkload',
        summary: 'Why a workload has, or had, its score, and whether the shipped rule fires',
        description: 'The last hours come from memory; older instants are worked out anew from Prometheus, which takes seconds.',
        parameters: [WORKLOAD_PARAMETER, ...queryParameters(EXPLAIN_QUERY.properties)],
        responses: {
          200: answer('The explanation.', 'Explanation'),
          ...errors('invalid_input', 'not_found', 'overloaded', 'upstream_unavailable', 'not_ready', 'timeout'),
        },
      },
    },
    '/api/v1/incidents': {
      get: {
        operationId: 'listIncidents',
        summary: 'Alarms of the last hour, those of one cause as one',
        responses: { 200: answer('The incidents.', 'Incidents') },
      },
    },
    '/api/v1/verdicts': {
      get: {
        operationId: 'listVerdicts',
        summary: 'What was learned from verdicts, and how much each still counts',
        responses: { 200: answer('The verdicts.', 'KnownVerdicts') },
      },
    },
    '/api/v1/predict/window': {
      post: {
        operationId: 'predictWindow',
        summary: 'Score a window of metrics that nothing else knows of',
        requestBody: body('PredictRequest'),
        responses: {
          200: answer('The score of the last sample.', 'PredictResponse'),
          ...errors('invalid_input', 'too_large', 'overloaded'),
        },
      },
    },
    '/api/v1/predict/flow': {
      post: {
        operationId: 'predictFlow',
        summary: 'Score network flows that nothing else knows of',
        requestBody: body('PredictFlowRequest'),
        responses: {
          200: answer('Class, score and reasons of each flow.', 'PredictFlowResponse'),
          ...errors('invalid_input', 'not_found', 'too_large'),
        },
      },
    },
    '/api/v1/ingest': {
      post: {
        operationId: 'ingest',
        summary: 'Push samples, to be scored like those read from Prometheus',
        security: [{ token: [] }],
        requestBody: body('IngestRequest'),
        responses: {
          200: answer('The batch was known.', 'IngestResponse'),
          202: answer('The batch waits for the next cycle.', 'IngestResponse'),
          ...errors('invalid_input', 'unauthorized', 'forbidden', 'conflict', 'too_large', 'overloaded'),
        },
      },
    },
  },
  components: {
    securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
    schemas: {
      Incidents: INCIDENTS,
      Status: STATUS,
      WorkloadPage: WORKLOAD_PAGE,
      Explanation: EXPLANATION,
      KnownVerdicts: KNOWN_VERDICTS,
      PredictRequest: PREDICT_REQUEST,
      PredictResponse: PREDICT_RESPONSE,
      PredictFlowRequest: PREDICT_FLOW_REQUEST,
      PredictFlowResponse: PREDICT_FLOW_RESPONSE,
      IngestRequest: INGEST_REQUEST,
      IngestResponse: INGEST_RESPONSE,
      Error: ERROR,
    },
  },
});
