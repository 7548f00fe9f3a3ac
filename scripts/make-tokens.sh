#!/usr/bin/env bash
# Makes the Secrets with the tokens by which Alertmanager, the exporter and people talk to the receiver; what is there is left as it is.
# Arguments go to kubectl (--context, --kubeconfig); NAMESPACE and ALERTMANAGER_NAMESPACE say where, if not in bellwether and monitoring.
set -euo pipefail

NAMESPACE="${NAMESPACE:-bellwether}"
ALERTMANAGER_NAMESPACE="${ALERTMANAGER_NAMESPACE:-monitoring}"
ALL=bellwether-receiver-tokens
FOLDER="$(mktemp -d)"
trap 'rm -rf "$FOLDER"' EXIT

has() { kubectl "${@:3}" -n "$1" get secret "$2" >/dev/null 2>&1; }
make() { has "$1" "$2" "${@:4}" || kubectl "${@:4}" -n "$1" create secret generic "$2" $3; }

umask 077
for key in alertmanager exporter responder admin; do
  kubectl "$@" -n "$NAMESPACE" get secret "$ALL" -o "jsonpath={.data.$key}" 2>/dev/null | base64 -d >"$FOLDER/$key" || true
  [ -s "$FOLDER/$key" ] || head -c 24 /dev/urandom | od -An -tx1 | tr -d ' \n' >"$FOLDER/$key"
done
make "$NAMESPACE" "$ALL" "--from-file=$FOLDER" "$@"
make "$NAMESPACE" bellwether-exporter-tokens "--from-file=$FOLDER/exporter" "$@"
[ "$ALERTMANAGER_NAMESPACE" = "$NAMESPACE" ] || make "$ALERTMANAGER_NAMESPACE" "$ALL" "--from-file=$FOLDER/alertmanager" "$@"
