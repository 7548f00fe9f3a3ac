import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { load, loadAll } from 'js-yaml';
import { synthesise } from '../../src/synth/index.ts';
import { get, type KubernetesObject } from '../synth/bundle-objects.ts';
import { describeWith } from './real-program.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const CHART = `${ROOT}manifests/helm/bellwether`;

const idOf = ({ kind, metadata }: KubernetesObject): string => `${kind} ${metadata.namespace} ${metadata.name}`;
/** By name; without the checksum, which a chart works out in its own way, and with the configuration as what it says. */
const comparable = (text: string): Readonly<Record<string, unknown>> => {
  const objects = (loadAll(text) as KubernetesObject[]).filter(({ kind }) => kind !== 'Namespace');
  const plain = (object: KubernetesObject): unknown => {
    const config = get(object.data, 'bellwether.yaml');
    return JSON.parse(
      JSON.stringify(config === undefined ? object : { ...object, data: { 'bellwether.yaml': load(String(config)) } }).replace(
        /("bellwether\.dev\/config-checksum":)"[^"]*"/,
        '$1"any"',
      ),
    );
  };
  return Object.fromEntries(objects.map((object) => [idOf(object), plain(object)]));
};

describeWith(['helm', 'kubectl'], 'the chart', (helm, kubectl) => {
  const template = (...args: string[]): string =>
    execFileSync(helm, ['template', 'bellwether', CHART, '--namespace=bellwether', '--kube-version=1.33.0', ...args], { encoding: 'utf8' });
  const overlay = execFileSync(kubectl, ['kustomize', `${ROOT}manifests/overlays/kube-prometheus-stack`], { encoding: 'utf8' });

  it('renders what the overlay holds', () => {
    expect(comparable(template())).toEqual(comparable(overlay));
  });

  it('passes lint', () => {
    expect(execFileSync(helm, ['lint', '--strict', CHART, '--kube-version=1.33.0'], { encoding: 'utf8' })).toContain('0 chart(s) failed');
  });

  it('takes its values, and starts new pods when one changes', () => {
    const folder = mkdtempSync(join(tmpdir(), 'bellwether-values-'));
    try {
      const values = { release: 'mon', image: { tag: '9' }, persistence: { storageClass: 'fast' }, dashboards: { enabled: false } };
      writeFileSync(join(folder, 'values.yaml'), JSON.stringify(values));
      const text = template(`--values=${join(folder, 'values.yaml')}`);
      const objects = loadAll(text) as KubernetesObject[];
      const monitors = objects.filter(({ kind }) => kind === 'ServiceMonitor');
      expect(new Set(monitors.map(({ metadata }) => metadata.labels?.release))).toEqual(new Set(['mon']));
      expect(text).toContain('image: ghcr.io/bellwether-dev/bellwether:9');
      expect(get(objects.find(({ kind }) => kind === 'PersistentVolumeClaim')?.spec, 'storageClassName')).toBe('fast');
      expect(objects.filter(({ metadata }) => metadata.name.includes('dashboard'))).toEqual([]);
      const checksum = /config-checksum: (\S+)/;
      expect(checksum.exec(text)?.[1]).not.toBe(checksum.exec(template())?.[1]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('refuses a value that it does not know', () => {
    expect(() =>
      execFileSync(helm, ['template', CHART, '--kube-version=1.33.0', '--set=imagee.tag=1'], { encoding: 'utf8', stdio: 'pipe' }),
    ).toThrow(/additional properties 'imagee' not allowed/);
  });
});

describeWith(['helm', 'kubectl'], 'dashboards', (helm, kubectl) => {
  const written = [...synthesise()]
    .filter(([path]) => path.startsWith('dashboards/'))
    .map(([path, text]) => [path.replace('dashboards/', ''), text] as const);
  const inConfigMaps = (text: string): Readonly<Record<string, string>> =>
    Object.assign(
      {},
      ...(loadAll(text) as KubernetesObject[]).filter(({ metadata }) => metadata.name.includes('-dashboard-')).map(({ data }) => data),
    );
  it('come through kustomize and helm byte by byte', () => {
    const kustomized = execFileSync(kubectl, ['kustomize', `${ROOT}manifests/overlays/kube-prometheus-stack`], { encoding: 'utf8' });
    const helmed = execFileSync(helm, ['template', CHART, '--kube-version=1.33.0'], { encoding: 'utf8' });
    for (const text of [kustomized, helmed]) expect(inConfigMaps(text)).toEqual(Object.fromEntries(written));
  });
});

describeWith(['kubectl'], 'overlays', (kubectl) => {
  it.each(['kube-prometheus-stack', 'kube-prometheus', 'minimal'])('%s holds a configuration that the exporter takes', async (overlay) => {
    const { loadConfig } = await import('../../src/exporter/config/load-config.ts');
    const objects = loadAll(
      execFileSync(kubectl, ['kustomize', `${ROOT}manifests/overlays/${overlay}`], { encoding: 'utf8' }),
    ) as KubernetesObject[];
    const config = objects.find(({ kind, metadata }) => kind === 'ConfigMap' && metadata.name === 'bellwether-exporter');
    const text = String(get(config?.data, 'bellwether.yaml'));
    expect(loadConfig(text, {})).toMatchObject({
      ok: true,
      value: { prometheus: { url: (load(text) as { prometheus: { url: string } }).prometheus.url } },
    });
  });

  it('for kube-prometheus-stack carries its label on everything that is selected by it', () => {
    const objects = loadAll(
      execFileSync(kubectl, ['kustomize', `${ROOT}manifests/overlays/kube-prometheus-stack`], { encoding: 'utf8' }),
    ) as KubernetesObject[];
    const selected = objects.filter(({ apiVersion }) => apiVersion === 'monitoring.coreos.com/v1');
    expect(new Set(selected.map(({ kind }) => kind))).toEqual(new Set(['PrometheusRule', 'ServiceMonitor']));
    expect(new Set(selected.map(({ metadata }) => metadata.labels?.release))).toEqual(new Set(['kube-prometheus-stack']));
  });
});
