/** A Kubernetes object as plain data. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly [key: string]: unknown;
}

/** What names an object of the bundle; its namespace may differ between clusters. */
export const manifestId = ({ apiVersion, kind, metadata }: Manifest): string => `${apiVersion}/${kind}/${metadata.name}`;

/** What a chart holds, in its order. */
export const manifestsOf = (chart: { toJson(): unknown[] }): readonly Manifest[] => chart.toJson() as Manifest[];
