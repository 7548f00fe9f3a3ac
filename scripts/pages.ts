import * as conventions from '../src/conventions/index.ts';
import { CONFIG_SCHEMA, LIVE_KEYS } from '../src/exporter/config/schema.ts';
import { featuresPage } from '../src/features/index.ts';
import { RECEIVER_CONFIG_SCHEMA, RECEIVER_LIVE_KEYS } from '../src/receiver/index.ts';
import { SCAN_OUTPUT_SCHEMA } from '../src/scanner/index.ts';
import { EXPORTER_INTRODUCTION, RECEIVER_INTRODUCTION, renderConfigDocs } from './config-docs.ts';
import type { GeneratedPage } from './generated-page.ts';
import { collectMetricGroups, renderMetricDocs } from './metric-docs.ts';
import { policyPages } from './policy-docs.ts';
import { renderPolicyPack } from './policy-pack.ts';

export const PAGES: readonly GeneratedPage[] = [
  { path: 'docs/metrics.md', render: () => renderMetricDocs(collectMetricGroups(conventions), conventions.RECORDING_GROUPS) },
  { path: 'docs/configuration.md', render: () => renderConfigDocs(EXPORTER_INTRODUCTION, CONFIG_SCHEMA, LIVE_KEYS) },
  {
    path: 'docs/receiver-configuration.md',
    render: () => renderConfigDocs(RECEIVER_INTRODUCTION, RECEIVER_CONFIG_SCHEMA, RECEIVER_LIVE_KEYS),
  },
  { path: 'docs/features.md', render: featuresPage },
  { path: 'docs/scan-output.schema.json', render: () => `${JSON.stringify(SCAN_OUTPUT_SCHEMA, null, 2)}\n` },
  { path: 'src/policy/pack/pack.generated.ts', render: renderPolicyPack },
  ...policyPages(),
];
