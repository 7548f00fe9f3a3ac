import { describe, expect, it } from '@jest/globals';
import { loadConfig } from '../../src/exporter/config/load-config.ts';

const problemsOf = (yaml: string): readonly string[] => {
  const result = loadConfig(yaml, {});
  return result.ok ? [] : result.problems.map(({ message }) => message);
};

const URL_LINE = 'prometheus: { url: "http://prometheus:9090" }\n';

/** Name, the file, the messages it must give. */
const WRONG: readonly (readonly [string, string, readonly string[]])[] = [
  ['no YAML', 'prometheus: [', ['the file is not YAML at line 1, column 14: unexpected end of the stream within a flow collection']],
  ['a list for a file', '- a\n- b\n', ['the file must be a mapping of keys to values']],
  ['two documents', 'log: {}\n---\nlog: {}\n', ['the file must be one YAML document, without a line of ---']],
  ['a file of comments', '# nothing\n', ['prometheus.url must be given: it is optional only where ingest.enabled is true']],
  ['an empty file', '', ['prometheus.url must be given: it is optional only where ingest.enabled is true']],
  [
    'an unknown key',
    `${URL_LINE}intervall: 30\nintervalSecond: 30\n`,
    [
      'intervall is not a known key; known here: prometheus, intervalSeconds, backfill, features, scoring, feedback, flows, freshness, exposition, snapshot, sharding, listen, api, ingest, log',
      'intervalSecond is not a known key; did you mean intervalSeconds?',
    ],
  ],
  [
    'a key in the wrong section',
    'prometheus: { url: "http://p:9090", hours: 3 }',
    [
      'prometheus.hours is not a known key; known here: url, tenant, bearerToken, bearerTokenFile, basicAuth, tls, timeoutSeconds, maxBytes, externalLabels, rung',
    ],
  ],
  ['text for a number', `${URL_LINE}intervalSeconds: "30"\n`, ['intervalSeconds is "30", but must be a value of type number']],
  ['a number below its bound', `${URL_LINE}intervalSeconds: 0\n`, ['intervalSeconds is 0, but must be at least 1']],
  ['a number above its bound', `${URL_LINE}backfill: { hours: 10000 }\n`, ['backfill.hours is 10000, but must be at most 744']],
  [
    'a fraction for a whole number',
    `${URL_LINE}freshness: { missedCycles: 1.5 }\n`,
    ['freshness.missedCycles is 1.5, but must be a value of type integer'],
  ],
  [
    'an unknown word',
    `${URL_LINE}log: { level: loud }\n`,
    ['log.level is "loud", but must be one of: trace, debug, info, warn, error, fatal, silent'],
  ],
  [
    'an unknown rung',
    'prometheus: { url: "http://p:9090", rung: grpc }',
    ['prometheus.rung is "grpc", but must be one of: auto, streamed, samples, query'],
  ],
  ['a port out of range', `${URL_LINE}listen: { apiPort: 70000 }\n`, ['listen.apiPort is 70000, but must be at most 65535']],
  [
    'the same port twice',
    `${URL_LINE}listen: { scoresPort: 9000, apiPort: 9000 }\n`,
    ['listen.apiPort is 9000, but must differ from the other ports'],
  ],
  [
    'an address that is no URL',
    'prometheus: { url: "prometheus:9090" }',
    ['prometheus.url is "prometheus:9090", but must be text that matches ^https?://'],
  ],
  [
    'a password in the address',
    'prometheus: { url: "http://u:hunter2@p:9090" }',
    ['prometheus.url is "(hidden)", but must not carry a user or password: use prometheus.basicAuth'],
  ],
  [
    'a query in the address',
    'prometheus: { url: "http://p:9090/?x=1" }',
    ['prometheus.url is "http://p:9090/?x=1", but must end with its path, without ? or #'],
  ],
  [
    'two bearer tokens',
    'prometheus: { url: "http://p", bearerToken: hunter2, bearerTokenFile: /t }',
    ['prometheus.bearerToken is "(hidden)", but must not be given together with prometheus.bearerTokenFile'],
  ],
  [
    'a bearer token that is a number',
    'prometheus: { url: "http://p", bearerToken: 12345 }',
    ['prometheus.bearerToken is (hidden), but must be a value of type string'],
  ],
  [
    'basic authentication beside a token',
    'prometheus: { url: "http://p", bearerTokenFile: /t, basicAuth: { username: u, passwordFile: /p } }',
    ['prometheus.basicAuth is "(hidden)", but must not be given together with a bearer token'],
  ],
  [
    'basic authentication without a password',
    'prometheus: { url: "http://p", basicAuth: { username: u } }',
    ['prometheus.basicAuth is "(hidden)", but must have either password or passwordFile'],
  ],
  [
    'basic authentication without a user',
    'prometheus: { url: "http://p", basicAuth: { passwordFile: /p } }',
    ['prometheus.basicAuth.username is missing'],
  ],
  [
    'a client certificate without its key',
    'prometheus: { url: "https://p", tls: { certFile: /c } }',
    ['prometheus.tls.keyFile must be given: a certificate and its key go together'],
  ],
  [
    'certificates for plain HTTP',
    'prometheus: { url: "http://p", tls: { caFile: /c } }',
    ['prometheus.url is "http://p", but must begin with https:// where prometheus.tls is given'],
  ],
  [
    'an external label that is no label',
    'prometheus: { url: "http://p", externalLabels: ["a-b"] }',
    ['prometheus.externalLabels[0] is "a-b", but must be text that matches ^[a-zA-Z_][a-zA-Z0-9_]*$'],
  ],
  [
    'slices shorter than a step',
    `${URL_LINE}backfill: { stepSeconds: 3600, sliceHours: 0.5 }\n`,
    ['backfill.sliceHours is 0.5, but must be at least one step of 3600 seconds'],
  ],
  [
    'forgetting before withdrawing',
    `${URL_LINE}intervalSeconds: 3600\nfreshness: { forgetHours: 1, missedCycles: 5 }\n`,
    ['freshness.forgetHours is 1, but must be at least freshness.missedCycles times intervalSeconds, 18000 seconds'],
  ],
  ['ingest without a token', `${URL_LINE}ingest: { enabled: true }\n`, ['api.tokenFile must be given: ingest.enabled is true']],
  [
    'no features at all',
    `${URL_LINE}features: { preset: none }\n`,
    ['features.selectors is [], but must have at least one entry where features.preset is none'],
  ],
  [
    'a choice of features without a preset',
    `${URL_LINE}features: { preset: none, only: [pod_cpu_usage_cores], selectors: [{ name: a, selector: a, entity: pod }] }\n`,
    ['features.only is ["pod_cpu_usage_cores"], but must be absent where features.preset is none'],
  ],
  [
    'a scope that is no selector',
    `${URL_LINE}features: { scope: { all: "{cluster=" } }\n`,
    ['features.scope.all is "{cluster=", but must be a vector selector: not a selector: a syntax error at character 10 of "{cluster="'],
  ],
  [
    'a scope that names a metric',
    `${URL_LINE}features: { scope: { cadvisor: 'up{a="b"}' } }\n`,
    ['features.scope.cadvisor is "up{a=\\"b\\"}", but must be matchers alone, without the name of a metric'],
  ],
  [
    'a feature without its selector',
    `${URL_LINE}features: { selectors: [{ name: a, entity: pod }] }\n`,
    ['features.selectors[0].selector is missing'],
  ],
  [
    'a selector that does not parse',
    `${URL_LINE}features: { selectors: [{ name: a, selector: "a{", entity: pod }] }\n`,
    ['features.selectors[0].selector is "a{", but must be a vector selector: not a selector: a syntax error at character 3 of "a{"'],
  ],
  [
    'a feature name used twice',
    `${URL_LINE}features: { selectors: [{ name: a, selector: a, entity: pod }, { name: a, selector: b, entity: pod }] }\n`,
    ['features.selectors[1].name is "a", but must be used once'],
  ],
  [
    'a feature name of the preset',
    `${URL_LINE}features: { selectors: [{ name: pod_cpu_usage_cores, selector: a, entity: pod }] }\n`,
    ['features.selectors[0].name is "pod_cpu_usage_cores", but must be used once'],
  ],
  [
    'an entity of a taken label',
    `${URL_LINE}features: { selectors: [{ name: a, selector: a, entity: [shop, metric] }] }\n`,
    [
      'features.selectors[0].entity is "metric", but must not be one of the labels that Prometheus or Bellwether set: __name__, metric, reason, job, instance',
    ],
  ],
  [
    'an entity of an unknown word',
    `${URL_LINE}features: { selectors: [{ name: a, selector: a, entity: cluster }] }\n`,
    ['features.selectors[0].entity is "cluster", but must be one of its forms'],
  ],
  [
    'bounds the wrong way round',
    `${URL_LINE}features: { selectors: [{ name: a, selector: a, entity: pod, min: 1, max: 0 }] }\n`,
    ['features.selectors[0].max is 0, but must be more than min, 1'],
  ],
  [
    'a snapshot too often',
    `${URL_LINE}snapshot: { path: /s, intervalSeconds: 1 }\n`,
    ['snapshot.intervalSeconds is 1, but must be at least 10'],
  ],
  ['a cap of nothing', `${URL_LINE}exposition: { maxWorkloads: 0 }\n`, ['exposition.maxWorkloads is 0, but must be at least 1']],
  [
    'several mistakes at once',
    'log: { level: loud }\nlisten: { selfPort: 1, scoresPort: 1 }\ningest: { enabled: true }\nintervalSeconds: -1\n',
    [
      'intervalSeconds is -1, but must be at least 1',
      'log.level is "loud", but must be one of: trace, debug, info, warn, error, fatal, silent',
      'listen.selfPort is 1, but must differ from the other ports',
      'api.tokenFile must be given: ingest.enabled is true',
    ],
  ],
];

describe('loadConfig', () => {
  it.each(WRONG)('refuses %s', (_name, yaml, messages) => {
    expect(problemsOf(yaml)).toEqual(messages);
  });

  it('names an unknown preset feature and those that are known', () => {
    const [message] = problemsOf(`${URL_LINE}features: { only: [pod_cpu] }\n`);
    expect(message).toMatch(/^features\.only\[0\] is "pod_cpu", but must be one of: pod_cpu_usage_cores, /);
  });

  it('never repeats a secret', () => {
    const text = JSON.stringify(
      loadConfig('prometheus: { url: "http://p", bearerToken: 4711, basicAuth: { username: u, password: 4712 } }', {}),
    );
    expect(text).not.toMatch(/471/);
  });
});
