import { describe, expect, it } from '@jest/globals';
import { configOrThrow } from '../platform/index.ts';
import { formatSelector } from '../prometheus/index.ts';
import { loadConfig } from './config/load-config.ts';
import type { ConfigInput } from './config/schema.ts';
import { catalogOf } from './feature-catalog.ts';

const catalog = (features: ConfigInput['features']) =>
  catalogOf(configOrThrow(loadConfig('', { prometheus: { url: 'http://p' }, ...(features ? { features } : {}) }), 'test').features);

describe('catalogOf', () => {
  it('reads raw series where nothing is said', () => {
    const names = catalog(undefined).features.map(({ name }) => name);
    expect(names).toContain('pod_cpu_usage_cores');
    expect(catalog(undefined).name).toBe('raw');
  });

  it('reads only what the chosen features need, and always the owners', () => {
    const { inputs, features } = catalog({ only: ['pod_memory_usage_bytes'] });
    expect(features.map(({ name }) => name)).toEqual(['pod_memory_usage_bytes']);
    const ids = inputs.map(({ id }) => id);
    expect(ids).toContain('memory_usage');
    expect(ids).toContain('pod_owner');
    expect(ids).not.toContain('cpu_usage');
  });

  it('adds the scope to every selector of the preset', () => {
    const { inputs } = catalog({ preset: 'recorded', scope: { all: '{cluster="a"}' } });
    expect(inputs.every(({ selector }) => formatSelector(selector).includes('cluster="a"'))).toBe(true);
  });

  it('reads the features of the user alone, for entities of chosen labels', () => {
    const { inputs, features } = catalog({
      preset: 'none',
      selectors: [{ name: 'depth', selector: 'q{a="b"}', kind: 'gauge', entity: ['shop'], unit: 'jobs' }],
    });
    expect(features).toMatchObject([{ name: 'depth', unit: 'jobs', level: 'entity' }]);
    expect(inputs).toMatchObject([{ kind: 'gauge', entity: { by: 'labels', labels: ['shop'] } }]);
    expect(formatSelector(inputs[0]?.selector ?? [])).toBe('q{a="b"}');
  });

  it('changes the version with the labels that name workloads', () => {
    const changed = catalog({ fallbackLabels: [{ label: 'app', workloadKind: 'Deployment' }] });
    expect(changed.fallback.labels).toEqual([{ label: 'app', workloadKind: 'Deployment' }]);
    expect(changed.version).not.toBe(catalog(undefined).version);
  });
});
