import { describe, expect, it } from '@jest/globals';
import { MITIGATION_BACK_ENDS, MITIGATION_FIELD_MANAGER, MITIGATION_KIND, PROTECTED_NAMESPACES } from '../conventions/index.ts';
import { protectedBy } from './protected.ts';

describe('protectedBy', () => {
  it('knows the control plane, monitoring, gateways and what is added', () => {
    expect(protectedBy('kube-system', [])).toBe('kube-system');
    expect(protectedBy('openshift-ingress', [])).toBe('openshift-*');
    expect(protectedBy('bellwether', ['bellwether'])).toBe('bellwether');
    expect(protectedBy('shop', ['bellwether'])).toBeUndefined();
  });
});

describe('the words of mitigations', () => {
  it('has a field manager that no GitOps controller takes for its own', () => {
    expect(MITIGATION_FIELD_MANAGER).not.toMatch(/^(kubectl|before-first-apply|argocd|kustomize-controller|helm)/);
    expect(MITIGATION_KIND.apiVersion).toBe('bellwether.dev/v1alpha1');
  });

  it('declares each back-end under its own name', () => {
    for (const [name, declaration] of Object.entries(MITIGATION_BACK_ENDS)) expect(declaration.name).toBe(name);
    expect(PROTECTED_NAMESPACES).toContain('kube-system');
  });
});
