import type { ModuleDeclaration } from '../conventions/index.ts';
import { DASHBOARDS } from './dashboards/all-dashboards.ts';
import { dashboardText } from './dashboards/dashboard.ts';
import { DASHBOARD_UIDS } from './dashboards/links.ts';
import { helmChart } from './helm/chart.ts';
import type { BundleOptions } from './options/bundle-options.ts';
import { parseOptions } from './options/parse-options.ts';
import { PROCESSES } from './processes.ts';
import { plainAlertmanagerConfig } from './routes/plain-route.ts';
import { ruleSets } from './rules/rule-groups.ts';
import { plainScrapeConfig } from './rules/scrape-config.ts';
import { kustomizeTree } from './tree/kustomize-tree.ts';
import { yamlFile } from './tree/yaml-file.ts';

/** Folders that hold nothing but what `synthesise` gives; whoever writes it removes everything else in there. */
export const GENERATED_FOLDERS = ['manifests', 'rules', 'dashboards'] as const;

/**
 * Everything the bundle is, as file texts by path. Pure: the same options give the same bytes. Throws `BundleOptionsError`.
 * `declarations` are the processes that exist.
 */
export const synthesise = (
  options: BundleOptions = {},
  declarations: readonly ModuleDeclaration[] = PROCESSES,
): ReadonlyMap<string, string> => {
  const bundle = parseOptions(options, declarations);
  const files = new Map<string, string>();
  for (const [path, text] of kustomizeTree(bundle)) files.set(`manifests/${path}`, text);
  for (const [path, text] of helmChart(options, declarations)) files.set(`manifests/helm/bellwether/${path}`, text);
  for (const { name, groups } of ruleSets(bundle)) files.set(`rules/${bundle.name}-${name}.yaml`, yamlFile({ groups }));
  for (const plan of DASHBOARDS) files.set(`dashboards/${DASHBOARD_UIDS[plan.name]}.json`, dashboardText(plan));
  files.set('manifests/plain/prometheus-scrape.yaml', yamlFile(plainScrapeConfig(bundle)));
  files.set('manifests/plain/alertmanager.yaml', yamlFile(plainAlertmanagerConfig(bundle)));
  return files;
};
