/** Whole disks of node_exporter: partitions and device-mapper layers count the same requests again. */
export const DISK_DEVICES = 'sd[a-z]+|vd[a-z]+|xvd[a-z]+|nvme[0-9]+n[0-9]+|mmcblk[0-9]+';

/** Interfaces of containers and overlays, which repeat what the physical ones already count. */
export const VIRTUAL_INTERFACES =
  'lo|veth.*|cali.*|cilium.*|lxc.*|cni.*|flannel.*|docker.*|br-.*|tun.*|tap.*|vxlan.*|kube-ipvs.*|nodelocaldns';

/** The pause container and the cgroup of the whole pod, which would count everything twice. */
export const NO_CONTAINERS = '|POD';

/** Names of one HTTP server histogram: client libraries, OpenTelemetry, Spring Boot. An application exposes one of them. */
export const HTTP_DURATION_HISTOGRAMS = [
  'http_request_duration_seconds',
  'http_server_request_duration_seconds',
  'http_server_requests_seconds',
] as const;

/** What client libraries, Spring Boot and OpenTelemetry call the label of the status. */
export const HTTP_STATUS_LABELS = ['code', 'status', 'status_code', 'http_response_status_code'] as const;

/** Status of a failed request, as a regular expression. */
export const HTTP_FAILED = '5..';
