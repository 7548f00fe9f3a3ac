import { describe, expect, it } from '@jest/globals';
import { backEndOf, intentOf } from '../testing/mitigation-builders.ts';
import { approvedBy, createMitigationStage } from '../testing/mitigation-stage.ts';
import { queriesOf, sourceNotes } from './measures.ts';

const RATES = { metric: 'edge_requests_total', clientLabel: 'client', namespaceLabel: 'namespace', routeLabel: 'route', codeLabel: 'code' };

describe('queriesOf', () => {
  it('asks the counter by client where a data plane tells none apart', () => {
    const queries = queriesOf(backEndOf('traefik'), intentOf(), RATES);
    const rate = 'rate(edge_requests_total{namespace="shop",route="cart"}[2m])';
    expect(queries.clientRequestsPerSecond).toBe(`quantile(0.99, sum by (client) (${rate}) > 0)`);
    expect(queries.largestClientShare).toBe(`max(sum by (client) (${rate})) / sum(${rate})`);
    expect(queries.politeRejectedRatio).toContain('<= 10)');
    expect(queries.requestsPerSecond).toContain('traefik_router_requests_total');
  });

  it('asks nothing about clients without one, or of an isolation', () => {
    expect(queriesOf(backEndOf('traefik'), intentOf(), undefined).clientRequestsPerSecond).toBeUndefined();
    expect(queriesOf(backEndOf('network-policy'), intentOf({ action: 'isolate' }), RATES)).toEqual({});
  });

  it('asks how long requests take where the data plane counts it', () => {
    const asked = ['ingress-nginx', 'traefik', 'envoy-gateway', 'nginx-gateway-fabric'].map(
      (name) => queriesOf(backEndOf(name), intentOf(), undefined).latencySeconds?.match(/\w+_bucket/)?.[0],
    );
    expect(asked).toEqual([
      'nginx_ingress_controller_request_duration_seconds_bucket',
      'traefik_router_request_duration_seconds_bucket',
      'envoy_cluster_upstream_rq_time_bucket',
      undefined,
    ]);
  });
});

describe('sourceNotes', () => {
  it('says what is missing, and nothing where clients are told apart', () => {
    const [traefik, fabric] = ['traefik', 'nginx-gateway-fabric'].map((name) => backEndOf(name));
    expect(sourceNotes(queriesOf(traefik!, intentOf(), RATES))).toEqual([]);
    expect(sourceNotes(queriesOf(traefik!, intentOf(), undefined))[0]).toContain('all do together bounds each one');
    expect(sourceNotes(queriesOf(fabric!, intentOf(), undefined))[0]).toContain('Nobody measures the requests');
  });
});

describe('createEngine, harm', () => {
  const applied = async (change: (stage: ReturnType<typeof createMitigationStage>) => void) => {
    const stage = createMitigationStage({ options: { clientRates: RATES } });
    stage.answers['latency{'] = 0.4;
    stage.ask('m', { limit: { requestsPerSecond: 50 }, approval: approvedBy('ada', stage.clock) });
    await stage.engine.round();
    stage.accept();
    change(stage);
    stage.clock.advance(10_000);
    await stage.engine.round();
    return stage.mitigation('m').status;
  };

  it.each([
    ['requests that take more than twice as long', 'latency{', 0.9, 'took up to 0.9 s, before it were 0.4 s'],
    ['polite clients that are turned away', 'count((sum by (client)', 0.2, '20 % of the clients that stay below the rate were turned away'],
  ])('takes a limit back for %s', async (_, query, value, message) => {
    const status = await applied(({ answers }) => {
      answers[query] = value;
    });
    expect(status).toMatchObject({ phase: 'Ended', endCause: 'harm', message: expect.stringContaining(message) });
  });

  it('leaves one in force that nobody is harmed by, and says what was measured', async () => {
    const status = await applied(({ answers }) => {
      answers['latency{'] = 0.7;
      answers['count((sum by (client)'] = 0.02;
    });
    expect(status).toMatchObject({ phase: 'Applied', trigger: { latencySeconds: 0.4 } });
    expect(status?.effect).toMatchObject({ latencySeconds: 0.7, politeRejectedRatio: 0.02 });
  });
});
