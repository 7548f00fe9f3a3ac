/** The overlays that can be made. */
export const OVERLAY_NAMES = ['kube-prometheus-stack', 'kube-prometheus', 'minimal'] as const;
export type OverlayName = (typeof OVERLAY_NAMES)[number];

/**
 * What a platform team may say in `main.ts`. Everything has a default; durations are Prometheus durations such as `30s`.
 * `parseOptions` checks values and tells every problem with its path and limit.
 */
export interface BundleOptions {
  /** Prefix of every object's name; two installations in one cluster need two. */
  readonly name?: string;
  readonly namespace?: string;
  readonly image?: ImageOptions;
  /** Which overlays to write, and what each meets in its cluster; false leaves one out. All where absent. */
  readonly overlays?: Partial<Record<OverlayName, OverlayOptions | false>>;
  /**
   * Limits on traffic, off where absent. `backEnds` names data planes and how far each may go; the receiver gets the rights of these and no
   * others, and a CronJob takes back what outlives its end.
   */
  readonly mitigation?: {
    readonly backEnds?: Readonly<Record<string, 'off' | 'dryRun' | 'enforce'>>;
    /** Where they may act: rights are Roles in these namespaces, which have to be there, instead of a ClusterRole. The whole cluster where absent. */
    readonly namespaces?: readonly string[];
  };
  /** Another model from verdicts, trained in the cluster; off where absent, and then the component `training` has it with these settings. */
  readonly training?: TrainingOptions;
  /** Runtime events, from a namespace of their own; overlays take the component where it is enabled. */
  readonly collector?: CollectorOptions;
  /** A server without anything real, in a namespace of its own; overlays take the component where it is enabled. */
  readonly decoy?: DecoyOptions;
  /** Settings of single processes, by the name in their declaration. */
  readonly processes?: Readonly<Record<string, ProcessOptions>>;
  readonly scrape?: { readonly interval?: string; readonly timeout?: string; readonly sampleLimit?: number };
  readonly rules?: RuleOptions;
  readonly routing?: RoutingOptions;
  readonly grafana?: GrafanaOptions;
  /** Where the pages under docs/runbooks are served; the name of the alert and `.md` are added. */
  readonly runbookUrl?: string;
  readonly networkPolicies?: boolean;
}

export interface ImageOptions {
  readonly repository?: string;
  readonly tag?: string;
  /** `sha256:...`; wins over the tag. */
  readonly digest?: string;
  readonly pullPolicy?: 'Always' | 'IfNotPresent';
  /** Names of Secrets with registry credentials. */
  readonly pullSecrets?: readonly string[];
}

/** Parts with a namespace of their own. */
interface ApartOptions {
  readonly enabled?: boolean;
  /** Another one than that of the bundle. */
  readonly namespace?: string;
  /** Instead of `image` of the bundle. */
  readonly image?: ImageOptions;
}

export interface CollectorOptions extends ApartOptions {
  /** Which events: those of Tetragon on each node, those of Kubernetes; both by default. */
  readonly sources?: { readonly tetragon?: boolean; readonly kubernetes?: boolean };
  /** Folder of the nodes in which Tetragon keeps its export. */
  readonly exportFolder?: string;
  readonly processes?: Readonly<Partial<Record<'collector' | 'cluster-events', ProcessOptions>>>;
}

export interface DecoyOptions extends ApartOptions {
  /** What events call it; the name of its pod where absent. */
  readonly hostName?: string;
  /** With `route` of the process `decoy` a host name that nobody uses leads there. */
  readonly processes?: Readonly<Partial<Record<'decoy' | 'decoy-expiry', ProcessOptions>>>;
}

export interface OverlayOptions {
  /** Where Prometheus and Alertmanager run. */
  readonly monitoringNamespace?: string;
  /** As the exporter reaches it. */
  readonly prometheusUrl?: string;
  /** As the processes that ask for alerts and silences reach it. */
  readonly alertmanagerUrl?: string;
  /** Labels of the pods of Prometheus, for NetworkPolicies. */
  readonly prometheusPodLabels?: Readonly<Record<string, string>>;
  /** `raw` scores at once from the past that is there, `recorded` reads a tenth of the bytes from Bellwether's recording rules. */
  readonly preset?: 'raw' | 'recorded';
  /** kube-prometheus-stack only: name of its Helm release, which its selectors ask for. */
  readonly release?: string;
  /** kube-prometheus only: service account of Prometheus, which needs to see our endpoints. */
  readonly prometheusServiceAccount?: string;
  /** Let cert-manager give processes their certificates instead of making them themselves. Off by default. */
  readonly certManager?: boolean;
  /** Keep what was learned on a persistent volume. */
  readonly persistence?: boolean;
}

export interface ProcessOptions {
  readonly enabled?: boolean;
  readonly replicas?: number;
  /** exporter only: pods among which it shares the workloads, as a StatefulSet. To change it, see docs/sharding.md. */
  readonly shards?: number;
  readonly resources?: { readonly cpuRequest?: string; readonly memoryRequest?: string; readonly memoryLimit?: string };
  readonly volumeSize?: string;
  readonly storageClass?: string;
  readonly priorityClass?: string;
  /** Added to the configuration file of the process, section by section. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** Secrets of your own by the name of the volume in the declaration; otherwise they are called after process and volume. */
  readonly secrets?: Readonly<Record<string, string>>;
  /** Namespaces whose pods may use the pages and the API, such as that of an ingress controller. */
  readonly openTo?: readonly string[];
  /** Puts the pages behind a Gateway that is there, by an HTTPRoute; its namespace is opened to as well. */
  readonly route?: RouteOptions;
  /** For a process with admission webhooks. */
  readonly webhooks?: {
    readonly failurePolicy?: 'Ignore' | 'Fail';
    /** 1s to 30s. */
    readonly timeout?: string;
    /** Never asked about, beside those that are exempt anyway. */
    readonly exemptNamespaces?: readonly string[];
  };
}

export interface TrainingOptions {
  readonly enabled?: boolean;
  /** Train a first model from the past of the cluster as well, once per version. */
  readonly first?: boolean;
  /** What the exporter does with the models: `on` lets them raise scores, `shadow` only counts what they would find. */
  readonly learned?: 'shadow' | 'on';
  /** How often it is looked whether verdicts ask for a training, which comes at most once a day: 1h, 2h, 3h, 4h, 6h, 8h, 12h or 1d. */
  readonly every?: string;
  /** Hours of the past that are learned from. */
  readonly hours?: number;
  /** Distance of two instants of that past. */
  readonly step?: string;
  /** Steps of the optimiser. */
  readonly steps?: number;
  /** Volume of the models. With `ReadWriteOnce` training runs on the node of the exporter; several shards need `ReadWriteMany`. */
  readonly storage?: { readonly size?: string; readonly storageClass?: string; readonly accessMode?: 'ReadWriteOnce' | 'ReadWriteMany' };
}

export interface RouteOptions {
  readonly gateway?: string;
  readonly gatewayNamespace?: string;
  readonly hostname?: string;
  /** Name of the listener; all of them where absent. */
  readonly section?: string;
}

export interface RuleOptions {
  /** How often rules are evaluated. */
  readonly interval?: string;
  /** Pod-level recording rules; needed by the preset `recorded` and by some panels. */
  readonly recording?: boolean;
  /** Added to every alert, for example `{team: 'platform'}`. */
  readonly labels?: Readonly<Record<string, string>>;
  readonly workload?: {
    /** Time over which the highest score counts. */
    readonly window?: string;
    readonly threshold?: number;
    readonly keepFiringFor?: string;
    readonly severity?: 'warning' | 'info';
    /** A second, stricter alert: at least this share of the window at or above the threshold. Off where absent. */
    readonly sustained?: { readonly window?: string; readonly share?: number };
  };
  /** Workloads of one namespace that are anomalous at the same time before they are one alert. */
  readonly stormWorkloads?: number;
}

export interface RoutingOptions {
  /**
   * Whether overlays have the route. By default they do when a destination is given or the bundle has a receiver. Mind that Alertmanager
   * gives an alert to the receiver of its root route only where no other route takes it: see docs/install.md.
   */
  readonly enabled?: boolean;
  /** Where alerts are sent; the receiver of the bundle where it has one. */
  readonly url?: string;
  /** Secret beside the AlertmanagerConfig that holds such an address instead. */
  readonly urlSecret?: { readonly name?: string; readonly key?: string };
  /** Secret beside the AlertmanagerConfig that holds the bearer token for it; `NAME-receiver-tokens`, key `alertmanager`, for the receiver of the bundle. */
  readonly tokenSecret?: { readonly name?: string; readonly key?: string };
}

export interface GrafanaOptions {
  /** Prefix of the links in alerts, for example `https://grafana.example.org`; links are relative where absent. */
  readonly url?: string;
  readonly folder?: string;
  readonly folderAnnotation?: string;
  /** Label by which the sidecar finds dashboards. */
  readonly sidecarLabel?: string;
  readonly sidecarLabelValue?: string;
  /** Labels of the Grafana object, for the Grafana operator. */
  readonly instanceLabels?: Readonly<Record<string, string>>;
}
