#!/usr/bin/env bash
# A cluster on this machine with kube-prometheus-stack, Bellwether and a workload that misbehaves after half an hour; see
# docs/quickstart-kind.md. Can be run again: every step leaves what is there as it is.
set -euo pipefail

CLUSTER=bellwether
IMAGE=ghcr.io/bellwether-dev/bellwether:0.1.0
ROOT="$(cd "$(dirname "$0")/.." && pwd)"

say() { printf '\n== %s\n' "$*"; }
engine() {
  for name in docker podman; do
    if command -v "$name" >/dev/null && "$name" info >/dev/null 2>&1; then
      echo "$name"
      return
    fi
  done
}

missing=()
for tool in kind helm kubectl; do command -v "$tool" >/dev/null || missing+=("$tool"); done
ENGINE="$(engine)"
[ -n "$ENGINE" ] || missing+=('a running docker or podman')
if [ ${#missing[@]} -gt 0 ]; then
  printf 'missing: %s\n' "${missing[@]}" >&2
  exit 1
fi
[ "$ENGINE" = podman ] && export KIND_EXPERIMENTAL_PROVIDER=podman

if [ "${1:-up}" = down ]; then
  kind delete cluster --name "$CLUSTER"
  exit
fi

say "cluster $CLUSTER"
kind get clusters 2>/dev/null | grep -qx "$CLUSTER" || kind create cluster --name "$CLUSTER" --wait 120s
KUBECTL=(kubectl --context "kind-$CLUSTER")

say 'kube-prometheus-stack'
helm repo add prometheus-community https://prometheus-community.github.io/helm-charts --force-update >/dev/null
helm upgrade --install kube-prometheus-stack prometheus-community/kube-prometheus-stack \
  --kube-context "kind-$CLUSTER" --namespace monitoring --create-namespace --wait --timeout 10m \
  --set alertmanager.alertmanagerSpec.alertmanagerConfigMatcherStrategy.type=OnNamespaceExceptForAlertmanagerNamespace \
  --set grafana.sidecar.dashboards.folderAnnotation=grafana_folder \
  --set grafana.sidecar.dashboards.provider.foldersFromFilesStructure=true

say 'image'
if ! "$ENGINE" image inspect "$IMAGE" >/dev/null 2>&1; then "$ENGINE" build -t "$IMAGE" "$ROOT"; fi
kind load docker-image "$IMAGE" --name "$CLUSTER" 2>/dev/null ||
  { "$ENGINE" save "$IMAGE" -o "${TMPDIR:-/tmp}/bellwether-image.tar" && kind load image-archive "${TMPDIR:-/tmp}/bellwether-image.tar" --name "$CLUSTER"; }

say 'Bellwether'
"${KUBECTL[@]}" create namespace bellwether 2>/dev/null || true
"$ROOT/scripts/make-tokens.sh" --context "kind-$CLUSTER"
"${KUBECTL[@]}" apply --server-side -k "$ROOT/manifests/overlays/kube-prometheus-stack"
for process in receiver admission exporter; do "${KUBECTL[@]}" -n bellwether rollout status "deployment/bellwether-$process" --timeout=10m; done

say 'a workload with a quiet life, and a surprise'
"${KUBECTL[@]}" apply --server-side -f - <<'YAML'
apiVersion: v1
kind: Namespace
metadata:
  name: shop
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: clock
  namespace: shop
spec:
  replicas: 1
  selector:
    matchLabels:
      app: clock
  template:
    metadata:
      labels:
        app: clock
    spec:
      containers:
        - name: clock
          image: busybox:1.37
          command: [sh, -c]
          # Half an hour of a tick every second, then a CPU for ten minutes, and again.
          args:
            - |
              while true; do
                end=$(( $(date +%s) + 1800 )); while [ "$(date +%s)" -lt "$end" ]; do date; sleep 1; done
                end=$(( $(date +%s) + 600 )); while [ "$(date +%s)" -lt "$end" ]; do :; done
              done
          resources:
            requests:
              cpu: 10m
              memory: 16Mi
            limits:
              cpu: "1"
              memory: 32Mi
YAML

say 'done: docs/quickstart-kind.md says what to look at'
