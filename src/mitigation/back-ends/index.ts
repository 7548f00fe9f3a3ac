import type { BackEnd } from '../back-end.ts';
import { ciliumBandwidth } from './cilium-bandwidth.ts';
import { ciliumEnvoyConfig } from './cilium-envoy-config.ts';
import { ciliumNetworkPolicy } from './cilium-network-policy.ts';
import { envoyGateway } from './envoy-gateway.ts';
import { ingressNginx } from './ingress-nginx.ts';
import { kong } from './kong.ts';
import { kuadrant } from './kuadrant.ts';
import { networkPolicy } from './network-policy.ts';
import { nginxGatewayFabric } from './nginx-gateway-fabric.ts';
import { nginxIngressController } from './nginx-ingress-controller.ts';
import { traefik } from './traefik.ts';

/** All back-ends, the ones to prefer first. Each has a page in docs/mitigation/back-ends. */
export const BACK_ENDS: readonly BackEnd[] = [
  nginxGatewayFabric,
  envoyGateway,
  kuadrant,
  traefik,
  nginxIngressController,
  kong,
  ingressNginx,
  ciliumNetworkPolicy,
  networkPolicy,
  ciliumEnvoyConfig,
  ciliumBandwidth,
];
