/** Default ports (ARCHITECTURE.md). Every one is an option. */
export const PORTS = {
  scores: 9464,
  exporterSelf: 9465,
  exporterApi: 9466,
  demoPrometheus: 9463,
  receiverApi: 9467,
  receiverSelf: 9468,
  admission: 9443,
  admissionSelf: 9469,
  lab: 9470,
  collectorSelf: 9471,
  collectorCounts: 9472,
  decoy: 9473,
  decoySelf: 9474,
  backgroundScanSelf: 9475,
} as const;

/** Where a process listens outside a cluster. */
export const DEFAULT_LISTEN_ADDRESS = '127.0.0.1';
