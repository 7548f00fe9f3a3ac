import { Yaml } from 'cdk8s';
import type { Manifest } from '../tree/manifest.ts';
import { STAND_INS } from './stand-ins.ts';

/** Expression of the chart for each stand-in. */
const EXPRESSIONS: Readonly<Record<keyof typeof STAND_INS, string>> = {
  namespace: '.Release.Namespace',
  monitoringNamespace: '.Values.prometheus.namespace',
  release: '.Values.release',
  prometheusUrl: '.Values.prometheus.url',
  alertmanagerUrl: '.Values.alertmanager.url',
  repository: '.Values.image.repository',
  tag: '.Values.image.tag',
  storageClass: '.Values.persistence.storageClass',
  cpuRequest: '.Values.exporter.cpuRequest',
  memoryRequest: '.Values.exporter.memoryRequest',
  memoryLimit: '.Values.exporter.memoryLimit',
};

/** New pods when a value changes: which of them reach the configuration is not worth telling apart. */
const CHECKSUM = /(bellwether\.dev\/config-checksum: )\S+/g;

const fillIn = (text: string): string =>
  Object.entries(STAND_INS).reduce((filled, [name, standIn]) => {
    const expression = EXPRESSIONS[name as keyof typeof STAND_INS];
    // A scalar of its own is quoted, because a value such as 1 would be a number.
    const alone = new RegExp(`: ${standIn.replaceAll('.', '\\.')}$`, 'gm');
    return filled.replace(alone, `: {{ ${expression} | quote }}`).replaceAll(standIn, `{{ ${expression} }}`);
  }, text);

/** The line of an optional key goes where its value is empty. */
const optionalClass = (text: string): string =>
  text.replaceAll(
    /^( +)storageClassName: \{\{ (\S+) \| quote \}\}\n/gm,
    '$1{{- with $2 }}\n$1storageClassName: {{ . | quote }}\n$1{{- end }}\n',
  );

/** Objects as a template of Helm; what Prometheus is to read in double braces is kept from it. `when` is a value that switches them. */
export const helmTemplate = (manifests: readonly Manifest[], when?: string): string => {
  const text = Yaml.stringify(...manifests).replaceAll('{{', '{{ "{{" }}');
  const body = optionalClass(fillIn(text)).replaceAll(CHECKSUM, '$1{{ .Values | toJson | sha256sum | trunc 16 | quote }}');
  const note = '{{- /* generated from src/synth by npm run synth; do not edit */}}\n';
  return when === undefined ? note + body : `${note}{{- if ${when} }}\n${body}{{- end }}\n`;
};
