#!/usr/bin/env bash
# Makes the Secrets with the tokens by which Alertmanager, the exporter, collectors, decoys and people talk to the receiver; what is there is
# left as it is. Arguments go to kubectl (--context, --kubeconfig); NAMESPACE and ALERTMANAGER_NAMESPACE say where, if not in bellwether and monitoring.
set -euo pipefail

NAMESPACE="${NAMESPACE:-bellwether}"
ALERTMANAGER_NAMESPACE="${ALERTMANAGER_NAMESPACE:-monitoring}"
ALL=bellwether-receiver-tokens
FOLDER="$(mktemp -d)"
trap 'rm -rf "$FOLDER"' EXIT

has() { kubectl "${@:3}" -n "$1" get secret "$2" >/dev/null 2>&1; }
make() { has "$1" "$2" "${@:4}" || kubectl "${@:4}" -n "$1" create secret generic "$2" $3; }
# Parts that not everybody has.
make_beside() { ! kubectl "${@:4}" get namespace "$1" >/dev/null 2>&1 || make "$@"; }

for namespace in "$NAMESPACE" "$ALERTMANAGER_NAMESPACE"; do
  kubectl "$@" get namespace "$namespace" >/dev/null ||
    { echo "There is no namespace $namespace: apply the manifests first, or set NAMESPACE and ALERTMANAGER_NAMESPACE." >&2 && exit 1; }
done

umask 077
for key in alertmanager collector exporter responder admin; do
  kubectl "$@" -n "$NAMESPACE" get secret "$ALL" -o "jsonpath={.data.$key}" 2>/dev/null | base64 -d >"$FOLDER/$key" || true
  [ -s "$FOLDER/$key" ] && continue
  head -c 24 /dev/urandom | od -An -tx1 | tr -d ' \n' >"$FOLDER/$key"
  # A Secret from before there was this token.
  ! has "$NAMESPACE" "$ALL" "$@" ||
    kubectl "$@" -n "$NAMESPACE" patch secret "$ALL" --type=merge -p "{\"data\":{\"$key\":\"$(base64 <"$FOLDER/$key" | tr -d '\n')\"}}"
done
make "$NAMESPACE" "$ALL" "--from-file=$FOLDER" "$@"
make "$NAMESPACE" bellwether-exporter-tokens "--from-file=$FOLDER/exporter" "$@"
[ "$ALERTMANAGER_NAMESPACE" = "$NAMESPACE" ] || make "$ALERTMANAGER_NAMESPACE" "$ALL" "--from-file=$FOLDER/alertmanager" "$@"
for secret in bellwether-collector-token bellwether-cluster-events-token; do
  make_beside "${COLLECTOR_NAMESPACE:-bellwether-collector}" "$secret" "--from-file=token=$FOLDER/collector" "$@"
done
make_beside "${DECOY_NAMESPACE:-bellwether-decoy}" bellwether-decoy-token "--from-file=token=$FOLDER/collector" "$@"
