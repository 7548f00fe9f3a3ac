import { parser } from '@prometheus-io/lezer-promql';
import { RECORDING_GROUPS } from '../conventions/index.ts';
import { defineCatalog } from './catalog.ts';
import { defaultCatalog } from './default-catalog.ts';
import { recordedCatalog } from './recorded-catalog.ts';
import { recordingCatalog } from './recording-catalog.ts';
import { equals, named } from './select.ts';
import { catalogFromConfig, type UserFeature } from './user-catalog.ts';

const queue: UserFeature = {
  name: 'queue_length',
  selector: named('queue_length'),
  kind: 'gauge',
  entity: { by: 'labels', labels: ['queue'] },
};

const recordsRead = (): string[] =>
  recordedCatalog()
    .inputs.map(({ selector }) => selector[0]!.value)
    .filter((name) => name.includes(':'));

describe('defineCatalog', () => {
  const input = { id: 'a', selector: named('a'), kind: 'gauge', entity: { by: 'pod' } } as const;
  const feature = { name: 'x', help: '', unit: '', unitClass: 'other', level: 'pod' } as const;
  const value = (id: string) => ({ kind: 'value', of: { input: id, combine: 'sum' } }) as const;

  it('refuses two inputs or two features of one name, and a formula without its input', () => {
    expect(() => defineCatalog('t', { inputs: [input, input], features: [] })).toThrow('two inputs are called a');
    const twice = [{ ...feature, formula: value('a') }];
    expect(() => defineCatalog('t', { inputs: [input], features: [...twice, ...twice] })).toThrow('two features are called x');
    expect(() => defineCatalog('t', { inputs: [input], features: [{ ...feature, formula: value('b') }] })).toThrow('x reads b');
  });

  it('gives the same version for the same content and another one for a changed selector', () => {
    const make = (name: string) => defineCatalog('t', { inputs: [{ ...input, selector: named(name) }], features: [] }).version;
    expect(make('a')).toBe(make('a'));
    expect(make('a')).not.toBe(make('b'));
  });
});

describe('defaultCatalog', () => {
  it('adds the scope to the selectors of its source and the common matchers to all', () => {
    const catalog = defaultCatalog({ all: [equals('cluster', 'a')], nodeExporter: [equals('job', 'node')] });
    for (const { selector } of catalog.inputs) expect(selector).toContainEqual(equals('cluster', 'a'));
    const scoped = catalog.inputs.filter(({ selector }) => selector.some(({ name }) => name === 'job')).map(({ id }) => id);
    expect(scoped.every((id) => id.startsWith('node_'))).toBe(true);
    expect(scoped).toContain('node_name');
  });
});

describe('recordedCatalog', () => {
  it('gives the same features as the raw catalogue', () => {
    const shape = ({ name, unit, unitClass, level }: { name: string; unit: string; unitClass: string; level: string }) => ({
      name,
      unit,
      unitClass,
      level,
    });
    expect(recordedCatalog().features.map(shape)).toEqual(defaultCatalog().features.map(shape));
  });

  it('reads every series that the shipped rules record, and no other recorded one', () => {
    const records = RECORDING_GROUPS.flatMap(({ rules }) => rules.map(({ record }) => record));
    expect(recordsRead().sort()).toEqual([...records].sort());
  });

  it('reads no more than the features asked for', () => {
    const catalog = recordedCatalog({ only: ['pod_cpu_usage_cores'] });
    expect(catalog.features.map(({ name }) => name)).toEqual(['pod_cpu_usage_cores']);
    expect(catalog.inputs.filter(({ kind }) => kind === 'gauge')).toHaveLength(1);
  });
});

describe('RECORDING_GROUPS', () => {
  const rules = RECORDING_GROUPS.flatMap((group) => group.rules);

  it.each(rules.map(({ record, expr }) => [record, expr]))('%s is PromQL without an error', (_, expr) => {
    const errors: number[] = [];
    parser.parse(expr).iterate({
      enter: ({ type, from }) => {
        if (type.isError) errors.push(from);
      },
    });
    expect(errors).toEqual([]);
  });

  it('names every rule level:metric:operations, once', () => {
    for (const { record } of rules) expect(record).toMatch(/^[a-z_]+:[a-z_0-9]+:[a-z_0-9]+$/);
    expect(new Set(rules.map(({ record }) => record)).size).toBe(rules.length);
  });
});

describe('catalogFromConfig', () => {
  it('adds features behind those of the base, and gives the base itself where there are none', () => {
    const base = defaultCatalog();
    expect(catalogFromConfig([], base)).toBe(base);
    const catalog = catalogFromConfig([queue], base);
    expect(catalog.features.at(-1)).toMatchObject({ name: 'queue_length', level: 'entity', unitClass: 'other' });
    expect(catalog.version).not.toBe(base.version);
  });

  it('makes a catalogue without Kubernetes', () => {
    expect(catalogFromConfig([queue]).inputs.map(({ kind }) => kind)).toEqual(['gauge']);
  });
});

describe('recordingCatalog', () => {
  it('makes every family a feature with the class of its name', () => {
    const { features } = recordingCatalog(['node_cpu_usage_ratio', 'pod_memory_usage_bytes']);
    expect(features.map(({ name, unitClass }) => [name, unitClass])).toEqual([
      ['node_cpu_usage_ratio', 'context'],
      ['pod_memory_usage_bytes', 'memory_bytes'],
    ]);
  });
});
