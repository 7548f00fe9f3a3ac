import { containerRule, FINE, type Violation } from '../model/policy.ts';
import { isAbsent, isRecord, type JsonRecord, listOf, recordOf, stringOf, stringsOf } from '../model/value.ts';
import { runsToCompletion } from './facts.ts';

const PROBES = ['livenessProbe', 'readinessProbe', 'startupProbe'] as const;

/** A container that runs for long has this probe. */
const probeMissing = (probe: 'livenessProbe' | 'readinessProbe') =>
  containerRule(({ spec, path, type }, input) => {
    if (type !== 'container' || isRecord(spec[probe]) || runsToCompletion(input)) return FINE;
    return [{ path: `${path}/${probe}`, expected: 'a probe' }];
  });

const DIGITS = /^\d{1,5}$/;

const HANDLERS = ['httpGet', 'tcpSocket', 'grpc'] as const;

/** Ports that probes ask, with their place: `livenessProbe/httpGet/port`. Another host is another matter. */
const probePorts = (spec: JsonRecord): { readonly where: string; readonly port: string | number }[] => {
  const asked: { readonly where: string; readonly port: string | number }[] = [];
  for (const probe of PROBES) {
    const handlers = spec[probe];
    if (!isRecord(handlers)) continue;
    for (const handler of HANDLERS) {
      const { port, host } = recordOf(handlers[handler]);
      if (stringOf(host) || (typeof port !== 'number' && typeof port !== 'string')) continue;
      asked.push({ where: `${probe}/${handler}/port`, port: typeof port === 'string' && DIGITS.test(port) ? Number(port) : port });
    }
  }
  return asked;
};

/** A probe asks a port that the container declares, by number or name. */
const probePort = containerRule(({ spec, path }) => {
  const asked = probePorts(spec);
  if (asked.length === 0) return FINE;
  const declared = new Set<unknown>();
  for (const item of listOf(spec.ports)) {
    const { name, containerPort } = recordOf(item);
    declared.add(name).add(containerPort);
  }
  const found: Violation[] = [];
  for (const { where, port } of asked)
    if (!declared.has(port)) found.push({ path: `${path}/${where}`, value: port, expected: 'a port of the container' });
  return found.length > 0 ? found : FINE;
});

/** What the API server fills in where a probe does not say. */
const PROBE_DEFAULTS = { initialDelaySeconds: 0, timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3 } as const;

const normalHandler = (probe: JsonRecord): JsonRecord => {
  const { httpGet, tcpSocket, exec, grpc } = probe;
  if (isRecord(httpGet)) return { httpGet: { path: '/', scheme: 'HTTP', ...httpGet } };
  return { ...(exec ? { exec } : {}), ...(tcpSocket ? { tcpSocket } : {}), ...(isRecord(grpc) ? { grpc: { service: '', ...grpc } } : {}) };
};

const sortedJson = (value: unknown): string =>
  JSON.stringify(value, (_, child: unknown) =>
    isRecord(child) ? Object.fromEntries(Object.entries(child).sort(([a], [b]) => (a < b ? -1 : 1))) : child,
  );

const sameTiming = (a: JsonRecord, b: JsonRecord): boolean =>
  Object.entries(PROBE_DEFAULTS).every(([field, given]) => (a[field] ?? given) === (b[field] ?? given));

/** Liveness and readiness that fail at the same moment: the pod is restarted instead of being given time. */
const probesIdentical = containerRule(({ spec, path }) => {
  const { livenessProbe: liveness, readinessProbe: readiness } = spec;
  if (!isRecord(liveness) || !isRecord(readiness) || !sameTiming(liveness, readiness)) return FINE;
  const handler = sortedJson(normalHandler(liveness));
  if (handler === '{}' || handler !== sortedJson(normalHandler(readiness))) return FINE;
  return [{ path: `${path}/livenessProbe`, value: normalHandler(liveness), expected: 'another check, or more patience' }];
});

/** Each probe says its timing itself. A startup probe makes the delay of the others needless. */
const probeTuning = containerRule(({ spec, path, name: container }, { params }) => {
  const found: Violation[] = [];
  const fields = stringsOf(params.fields);
  for (const name of PROBES) {
    const probe = spec[name];
    if (!isRecord(probe)) continue;
    const isDelayed = name !== 'startupProbe' && isRecord(spec.startupProbe);
    for (const field of fields)
      if (isAbsent(probe[field]) && !(field === 'initialDelaySeconds' && isDelayed))
        found.push({
          path: `${path}/${name}/${field}`,
          expected: 'a number',
          message: `container ${container} leaves ${name}.${field} to the default`,
        });
  }
  return found.length > 0 ? found : FINE;
});

/** Probes, by builtin name. */
export const PROBE_RULES = {
  'liveness-probe': probeMissing('livenessProbe'),
  'readiness-probe': probeMissing('readinessProbe'),
  'probe-port': probePort,
  'probes-identical': probesIdentical,
  'probe-tuning': probeTuning,
} as const;
