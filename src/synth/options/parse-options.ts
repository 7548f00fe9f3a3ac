import type { ModuleDeclaration } from '../../conventions/index.ts';
import { OPT_IN_PROCESSES } from '../processes.ts';
import type { Bundle } from './bundle.ts';
import { type BundleOptions, OVERLAY_NAMES } from './bundle-options.ts';
import { parseCollector, parseDecoy } from './parse-apart.ts';
import { parseImage } from './parse-image.ts';
import { parseMitigation, withMitigations } from './parse-mitigation.ts';
import { parseOverlay } from './parse-overlay.ts';
import { parseProcesses } from './parse-process.ts';
import { parseRules } from './parse-rules.ts';
import { checkTraining, parseTraining, withTraining } from './parse-training.ts';
import { DNS_LABEL, FREE_TEXT, HTTP_URL, LABEL_NAME, LABEL_VALUE, OBJECT_NAME } from './rules-of-names.ts';
import { BundleOptionsError, createOptionSection, type OptionProblem, type OptionSection } from './section.ts';

const DEFAULT_RUNBOOKS = 'https://github.com/bellwether-dev/bellwether/blob/main/docs/runbooks/';

/** A scrape below 5 s costs more than it tells; above 5 minutes nothing is found in time. */
const SCRAPE = { min: 5, max: 300 };

const parseScrape = (section: OptionSection): Bundle['scrape'] => {
  const intervalSeconds = section.duration('interval', '30s', SCRAPE);
  const timeoutSeconds = section.duration('timeout', '10s', { min: 1, max: SCRAPE.max });
  if (timeoutSeconds > intervalSeconds) section.refuse('timeout', `at most scrape.interval, ${intervalSeconds}s`);
  // 20,000 workloads with their reasons and 3,000 contributions are 23,000 series.
  return { intervalSeconds, timeoutSeconds, sampleLimit: section.integer('sampleLimit', 100_000, { min: 1000, max: 2_000_000 }) };
};

const receiverUrl = (name: string, namespace: string, processes: readonly ModuleDeclaration[]): string | undefined => {
  const receiver = processes.find((declaration) => declaration.name === 'receiver');
  const port = receiver?.ports[0];
  return port && `http://${name}-receiver.${namespace}.svc:${port.port}/api/v1/alertmanager`;
};

const parseRouting = (section: OptionSection, name: string, ownReceiver: string | undefined): Bundle['routing'] => {
  const url = section.optionalText('url', HTTP_URL) ?? ownReceiver;
  const secret = section.section('urlSecret');
  const urlSecret = { name: secret.text('name', 'bellwether-webhook', OBJECT_NAME), key: secret.text('key', 'url', OBJECT_NAME) };
  const token = section.section('tokenSecret');
  const tokenSecret = {
    name: token.text('name', `${name}-receiver-tokens`, OBJECT_NAME),
    key: token.text('key', 'alertmanager', OBJECT_NAME),
  };
  // A route of ours takes alerts away from the receiver of the root route, so without a destination there is none.
  return {
    enabled: section.flag('enabled', url !== undefined || section.has('urlSecret')),
    url,
    urlSecret: url === undefined ? urlSecret : undefined,
    // Our own receiver lets nobody in without one.
    tokenSecret: section.has('tokenSecret') || (url !== undefined && url === ownReceiver) ? tokenSecret : undefined,
  };
};

const parseGrafana = (section: OptionSection): Bundle['grafana'] => ({
  url: (section.optionalText('url', HTTP_URL) ?? '').replace(/\/$/, ''),
  folder: section.text('folder', 'Bellwether', FREE_TEXT),
  folderAnnotation: section.text('folderAnnotation', 'grafana_folder', LABEL_NAME),
  sidecarLabel: section.text('sidecarLabel', 'grafana_dashboard', LABEL_NAME),
  sidecarLabelValue: section.text('sidecarLabelValue', '1', LABEL_VALUE),
  instanceLabels: section.labels('instanceLabels', { dashboards: 'grafana' }),
});

/** Fills in defaults and checks every value. Throws `BundleOptionsError` that lists all problems, each with path, value and limit. */
export const parseOptions = (options: BundleOptions, declarations: readonly ModuleDeclaration[]): Bundle => {
  const problems: OptionProblem[] = [];
  const root = createOptionSection(options, '', problems);
  const name = root.text('name', 'bellwether', DNS_LABEL);
  const namespace = root.text('namespace', 'bellwether', DNS_LABEL);
  const scrape = parseScrape(root.section('scrape'));
  const rules = parseRules(root.section('rules'), scrape.intervalSeconds);
  const mitigation = parseMitigation(root.section('mitigation'));
  const trainingSection = root.section('training');
  const training = parseTraining(trainingSection);
  const declared = withTraining(withMitigations(declarations, mitigation), training, name);
  const section = root.section('processes');
  const processes = parseProcesses(section, name, declared);
  // A long name is no fault where nobody asks for a part with a long name of its own.
  const optIn = parseProcesses(section, name, OPT_IN_PROCESSES, false);
  checkTraining(trainingSection, training, processes);
  const image = parseImage(root.section('image'));
  const place = { name, namespace, image, hasReceiver: processes.some(({ declaration }) => declaration.name === 'receiver') };
  const bundle: Bundle = {
    name,
    namespace,
    image,
    mitigation,
    training,
    collector: parseCollector(root.section('collector'), place),
    decoy: parseDecoy(root.section('decoy'), place),
    overlays: [...root.sections('overlays', OVERLAY_NAMES)].map(([overlay, section]) => parseOverlay(overlay, section, rules.recording)),
    processes,
    optIn,
    scrape,
    rules,
    routing: parseRouting(
      root.section('routing'),
      name,
      receiverUrl(
        name,
        namespace,
        processes.map(({ declaration }) => declaration),
      ),
    ),
    grafana: parseGrafana(root.section('grafana')),
    runbookUrl: root.text('runbookUrl', DEFAULT_RUNBOOKS, HTTP_URL).replace(/\/?$/, '/'),
    networkPolicies: root.flag('networkPolicies', true),
  };
  root.end();
  if (problems.length > 0) throw new BundleOptionsError(problems);
  return bundle;
};
