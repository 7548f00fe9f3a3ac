export { parseKubernetesEvent } from './kubernetes/parse-kubernetes-event.ts';
export * from './runtime-event.ts';
export { createShipper, type Shipper, type ShipperDeps } from './ship/create-shipper.ts';
export { createTail, type Tail, type TailDeps } from './tail/tail-folder.ts';
export { readTailState, type TailState, writeTailState } from './tail/tail-state.ts';
export { parseTetragonLine } from './tetragon/parse-tetragon-line.ts';
export { type EventFilter, isWanted } from './view/event-filter.ts';
export { EVENT_CSV_HEAD, eventCsvLine } from './view/event-text.ts';
export { type ProcessNode, processTree } from './view/process-tree.ts';
