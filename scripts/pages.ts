import { ADMISSION_CONFIG_SCHEMA, ADMISSION_LIVE_KEYS } from '../src/admission/config/schema.ts';
import { BACKGROUND_SCAN_CONFIG_SCHEMA } from '../src/background-scan/config/schema.ts';
import { COLLECTOR_CONFIG_SCHEMA } from '../src/collector/config/schema.ts';
import * as conventions from '../src/conventions/index.ts';
import { CONFIG_SCHEMA, LIVE_KEYS } from '../src/exporter/config/schema.ts';
import { featuresPage } from '../src/features/index.ts';
import { RECEIVER_CONFIG_SCHEMA, RECEIVER_LIVE_KEYS } from '../src/receiver/index.ts';
import { SCAN_OUTPUT_SCHEMA } from '../src/scanner/index.ts';
import {
  ADMISSION_INTRODUCTION,
  BACKGROUND_SCAN_INTRODUCTION,
  COLLECTOR_INTRODUCTION,
  EXPORTER_INTRODUCTION,
  RECEIVER_INTRODUCTION,
  renderConfigDocs,
} from './config-docs.ts';
import type { GeneratedPage } from './generated-page.ts';
import { collectMetricGroups, renderMetricDocs } from './metric-docs.ts';
import { policyPages } from './policy-docs.ts';
import { renderPolicyPack } from './policy-pack.ts';

export const PAGES: readonly GeneratedPage[] = [
  { path: 'docs/metrics.md', render: () => renderMetricDocs(collectMetricGroups(conventions), conventions.RECORDING_GROUPS) },
  { path: 'docs/configuration.md', render: () => renderConfigDocs(CONFIG_SCHEMA, LIVE_KEYS, EXPORTER_INTRODUCTION) },
  {
    path: 'docs/admission-configuration.md',
    render: () => renderConfigDocs(ADMISSION_CONFIG_SCHEMA, ADMISSION_LIVE_KEYS, ADMISSION_INTRODUCTION),
  },
  {
    path: 'docs/receiver-configuration.md',
    render: () => renderConfigDocs(RECEIVER_CONFIG_SCHEMA, RECEIVER_LIVE_KEYS, RECEIVER_INTRODUCTION),
  },
  {
    path: 'docs/background-scan-configuration.md',
    render: () => renderConfigDocs(BACKGROUND_SCAN_CONFIG_SCHEMA, [], BACKGROUND_SCAN_INTRODUCTION),
  },
  { path: 'docs/collector-configuration.md', render: () => renderConfigDocs(COLLECTOR_CONFIG_SCHEMA, [], COLLECTOR_INTRODUCTION) },
  { path: 'docs/features.md', render: featuresPage },
  { path: 'docs/scan-output.schema.json', render: () => `${JSON.stringify(SCAN_OUTPUT_SCHEMA, null, 2)}\n` },
  { path: 'src/policy/pack/pack.generated.ts', render: renderPolicyPack },
  ...policyPages(),
];
