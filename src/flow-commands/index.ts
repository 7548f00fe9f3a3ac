export { openSession } from './hosts.ts';
export { loadTable } from './load-table.ts';
export { COMPARED } from './protocols/compared.ts';
export { formatFigures } from './protocols/format-figures.ts';
export { type ProtocolFigures, runProtocols } from './protocols/run-protocols.ts';
