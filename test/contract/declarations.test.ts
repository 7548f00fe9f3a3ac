import { describe, expect, it } from '@jest/globals';
import { parser } from '@prometheus-io/lezer-promql';
import { type MetricDefinition, PORTS } from '../../src/conventions/index.ts';
import { OPT_IN_PROCESSES, PROCESSES } from '../../src/synth/index.ts';

const seriesOf = ({ name, type }: MetricDefinition): readonly string[] =>
  type === 'histogram' ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name];

/** Names of the metrics that an expression reads; throws where it does not parse. */
const metricsIn = (expr: string): string[] => {
  const names: string[] = [];
  parser.parse(expr).iterate({
    enter: ({ type, from, to }) => {
      if (type.isError) throw new Error(`not PromQL at ${from}: ${expr}`);
      if (type.name === 'Identifier' && /^(anomaly|bellwether)_/.test(expr.slice(from, to))) names.push(expr.slice(from, to));
    },
  });
  return names;
};

describe.each([...PROCESSES, ...OPT_IN_PROCESSES].map((declaration) => [declaration.name, declaration] as const))(
  'declaration of %s',
  (_, declaration) => {
    const exported = new Set(declaration.metrics.flatMap(seriesOf));

    it.each(declaration.alerts)('$name reads metrics that the process exposes, and says what to do', (alert) => {
      const read = metricsIn(alert.expr);
      // What the API server sees of our webhooks, and whether a CronJob ran, only others can tell.
      expect(read.length > 0 || /apiserver_admission_webhook_|kube_cronjob_/.test(alert.expr)).toBe(true);
      expect(read.filter((name) => !exported.has(name))).toEqual([]);
      expect(alert.name).toMatch(/^(Bellwether|Workload|Flow|Runtime|Decoy)[A-Z][A-Za-z]+$/);
      expect(alert.summary).not.toMatch(/\.$/);
      expect(alert.description).toMatch(/\.$/);
    });

    it('gives each metric, alert, port and volume a name of its own', () => {
      for (const list of [declaration.metrics, declaration.alerts, declaration.ports, declaration.volumes]) {
        const names = list.map(({ name }) => name);
        expect(new Set(names).size).toBe(names.length);
      }
    });

    it('uses ports that conventions know, and probes ports that it has', () => {
      const known: readonly number[] = Object.values(PORTS);
      expect(declaration.ports.map(({ port }) => port).filter((port) => !known.includes(port))).toEqual([]);
      const ports = declaration.ports.map(({ name }) => name);
      for (const probe of Object.values(declaration.probes ?? {})) expect(ports).toContain(probe.port);
    });
  },
);

describe('metricsIn', () => {
  it('refuses what is not PromQL', () => {
    expect(() => metricsIn('rate(bellwether_cycles_total[')).toThrow(/not PromQL/);
  });
});
