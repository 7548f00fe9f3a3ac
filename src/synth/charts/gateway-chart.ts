import { Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import { addGatewayObject } from '../kinds/gateway.ts';
import type { Bundle } from '../options/bundle.ts';
import { processLabels, wave } from './labels.ts';

/** The pages of each process with the option `route`, behind a Gateway that somebody else runs. */
export const addGatewayChart = (scope: Construct, bundle: Bundle): Chart => {
  const chart = new Chart(scope, 'gateway', { disableResourceNameHashes: true });
  for (const process of bundle.processes) {
    const port = process.declaration.ports.find(({ forPeople }) => forPeople);
    if (!process.route || !port) continue;
    const { gateway, gatewayNamespace, hostname, section } = process.route;
    const labels = { ...processLabels(bundle, process) };
    const metadata = { name: process.fullName, namespace: bundle.namespace, labels, annotations: { ...wave('monitoring') } };
    addGatewayObject(chart, 'HTTPRoute', metadata, {
      parentRefs: [
        {
          group: 'gateway.networking.k8s.io',
          kind: 'Gateway',
          name: gateway,
          namespace: gatewayNamespace,
          ...(section === undefined ? {} : { sectionName: section }),
        },
      ],
      hostnames: [hostname],
      rules: [
        {
          matches: [{ path: { type: 'PathPrefix', value: '/' } }],
          backendRefs: [{ group: '', kind: 'Service', name: process.fullName, port: port.servicePort ?? port.port, weight: 1 }],
        },
      ],
    });
  }
  return chart;
};
