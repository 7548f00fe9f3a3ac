import { featuresOfPacks, NODE_FEATURES, POD_FEATURES } from '../../features/index.ts';
import { BellwetherError, type Problem } from '../../platform/index.ts';
import { parseSelector } from '../../prometheus/index.ts';
import type { ExporterConfig } from './schema.ts';

/** A rule between keys, which a schema cannot say. `sections` are the top-level keys it looks at. */
interface ConfigCheck {
  readonly sections: readonly string[];
  readonly run: (config: ExporterConfig) => readonly Problem[];
}

const problem = (key: string, value: unknown, limit: string, why?: string): Problem => ({
  key,
  value,
  limit,
  message: `${key}${value === undefined ? '' : ` is ${JSON.stringify(value)}, but`} must ${limit}${why ? `: ${why}` : ''}`,
});
const when = (wrong: boolean, make: () => Problem): readonly Problem[] => (wrong ? [make()] : []);

/** Labels that the exposition adds itself, and names that are none of the user's. */
const TAKEN_LABELS = ['__name__', 'metric', 'reason', 'job', 'instance'];

const PRESET_FEATURES: ReadonlySet<string> = new Set(
  [...Object.values(POD_FEATURES), ...Object.values(NODE_FEATURES)].map(({ name }) => name),
);

const address: ConfigCheck = {
  sections: ['prometheus', 'ingest'],
  run: ({ prometheus: { url }, ingest }) => {
    if (url === undefined) {
      return when(!ingest.enabled, () =>
        problem('prometheus.url', undefined, 'be given', 'it is optional only where ingest.enabled is true'),
      );
    }
    const { username, password, search, hash } = new URL(url);
    return [
      ...when(username !== '' || password !== '', () =>
        problem('prometheus.url', '(hidden)', 'not carry a user or password', 'use prometheus.basicAuth'),
      ),
      ...when(search !== '' || hash !== '', () => problem('prometheus.url', url, 'end with its path, without ? or #')),
    ];
  },
};

const authentication: ConfigCheck = {
  sections: ['prometheus'],
  run: ({ prometheus: { bearerToken, bearerTokenFile, basicAuth } }) => [
    ...when(bearerToken !== undefined && bearerTokenFile !== undefined, () =>
      problem('prometheus.bearerToken', '(hidden)', 'not be given together with prometheus.bearerTokenFile'),
    ),
    ...when(basicAuth !== undefined && (bearerToken ?? bearerTokenFile) !== undefined, () =>
      problem('prometheus.basicAuth', '(hidden)', 'not be given together with a bearer token'),
    ),
    ...when(basicAuth !== undefined && (basicAuth.password === undefined) === (basicAuth.passwordFile === undefined), () =>
      problem('prometheus.basicAuth', '(hidden)', 'have either password or passwordFile'),
    ),
  ],
};

const certificates: ConfigCheck = {
  sections: ['prometheus'],
  run: ({ prometheus: { url, tls } }) => [
    ...when(tls !== undefined && (tls.certFile === undefined) !== (tls.keyFile === undefined), () =>
      problem(
        tls?.certFile === undefined ? 'prometheus.tls.certFile' : 'prometheus.tls.keyFile',
        undefined,
        'be given',
        'a certificate and its key go together',
      ),
    ),
    ...when(tls !== undefined && url?.startsWith('http:') === true, () =>
      problem('prometheus.url', url, 'begin with https:// where prometheus.tls is given'),
    ),
  ],
};

const slices: ConfigCheck = {
  sections: ['backfill'],
  run: ({ backfill: { stepSeconds, sliceHours } }) =>
    when(sliceHours * 3600 < stepSeconds, () =>
      problem('backfill.sliceHours', sliceHours, `be at least one step of ${stepSeconds} seconds`),
    ),
};

const memory: ConfigCheck = {
  sections: ['freshness', 'intervalSeconds'],
  run: ({ freshness: { missedCycles, forgetHours }, intervalSeconds }) =>
    when(forgetHours * 3600 < missedCycles * intervalSeconds, () =>
      problem(
        'freshness.forgetHours',
        forgetHours,
        `be at least freshness.missedCycles times intervalSeconds, ${missedCycles * intervalSeconds} seconds`,
      ),
    ),
};

const ports: ConfigCheck = {
  sections: ['listen'],
  run: ({ listen }) => {
    const used = [listen.scoresPort, listen.selfPort, listen.apiPort];
    return (['selfPort', 'apiPort'] as const).flatMap((name, i) =>
      when(listen[name] !== 0 && used.slice(0, i + 1).includes(listen[name]), () =>
        problem(`listen.${name}`, listen[name], 'differ from the other ports'),
      ),
    );
  },
};

const ingestToken: ConfigCheck = {
  sections: ['ingest', 'api'],
  run: ({ ingest, api }) =>
    when(ingest.enabled && api.tokenFile === undefined, () => problem('api.tokenFile', undefined, 'be given', 'ingest.enabled is true')),
};

const parses = (key: string, text: string | undefined): readonly Problem[] => {
  if (text === undefined) return [];
  try {
    parseSelector(text);
    return [];
  } catch (error) {
    if (!(error instanceof BellwetherError)) throw error;
    return [problem(key, text, 'be a vector selector', error.message)];
  }
};

/** A scope is added to each selector of the preset, so it must leave the metric's name to the preset. */
const narrows = (key: string, text: string | undefined): readonly Problem[] => {
  const wrong = parses(key, text);
  if (text === undefined || wrong.length > 0) return wrong;
  const named = parseSelector(text).some(({ name }) => name === '__name__');
  return when(named, () => problem(key, text, 'be matchers alone, without the name of a metric'));
};

const presetFeatures: ConfigCheck = {
  sections: ['features'],
  run: ({ features: { preset, only, scope, selectors, packs } }) => [
    ...when(preset === 'none' && selectors.length === 0 && packs.length === 0, () =>
      problem('features.selectors', [], 'have at least one entry where features.preset is none'),
    ),
    ...when(preset === 'none' && only !== undefined, () => problem('features.only', only, 'be absent where features.preset is none')),
    ...(only ?? []).flatMap((name, i) =>
      when(!PRESET_FEATURES.has(name), () => problem(`features.only[${i}]`, name, `be one of: ${[...PRESET_FEATURES].join(', ')}`)),
    ),
    ...Object.entries(scope).flatMap(([key, text]) => narrows(`features.scope.${key}`, text)),
  ],
};

const userFeatures: ConfigCheck = {
  sections: ['features'],
  run: ({ features: { preset, selectors, packs } }) => {
    const packed = new Set(featuresOfPacks(packs).map(({ name }) => name));
    return selectors.flatMap(({ name, selector, entity, min, max }, i) => {
      const key = `features.selectors[${i}]`;
      const before = selectors.slice(0, i).some((other) => other.name === name);
      return [
        ...when(before || packed.has(name) || (preset !== 'none' && PRESET_FEATURES.has(name)), () =>
          problem(`${key}.name`, name, 'be used once'),
        ),
        ...parses(`${key}.selector`, selector),
        ...(typeof entity === 'string' ? [] : entity).flatMap((label) =>
          when(TAKEN_LABELS.includes(label) || label.startsWith('__'), () =>
            problem(`${key}.entity`, label, `not be one of the labels that Prometheus or Bellwether set: ${TAKEN_LABELS.join(', ')}`),
          ),
        ),
        ...when(min !== undefined && max !== undefined && min >= max, () => problem(`${key}.max`, max, `be more than min, ${min}`)),
      ];
    });
  },
};

const CHECKS: readonly ConfigCheck[] = [
  address,
  authentication,
  certificates,
  slices,
  memory,
  ports,
  ingestToken,
  presetFeatures,
  userFeatures,
];

/** Everything that is wrong between keys. Checks that look at a section of `broken` are left out: its values cannot be trusted. */
export const checkConfig = (config: ExporterConfig, broken: ReadonlySet<string>): readonly Problem[] =>
  CHECKS.filter(({ sections }) => !sections.some((section) => broken.has(section))).flatMap(({ run }) => run(config));
