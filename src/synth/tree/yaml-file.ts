import { Yaml } from 'cdk8s';

const HEADER = '# generated from src/synth by npm run synth; do not edit\n';

/** YAML documents with the note that nobody should edit them. */
export const yamlFile = (...documents: readonly unknown[]): string => `${HEADER}${Yaml.stringify(...documents)}`;
