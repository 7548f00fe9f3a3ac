export { createDemoCluster, type DemoCluster, type DemoClusterOptions } from './server/demo-cluster.ts';
export { createPrometheusServer, type PrometheusServerDeps } from './server/prometheus-server.ts';
export * from './simulator/index.ts';
export * from './trial/index.ts';
