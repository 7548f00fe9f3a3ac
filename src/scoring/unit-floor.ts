import type { UnitClass } from '../conventions/index.ts';

/** A deviation below `absolute + relative * |level|` is too small to matter, however regular the series. */
export interface UnitFloor {
  readonly absolute: number;
  readonly relative: number;
}

/** Floors per class of metric: cores, bytes, seconds and requests that an operator would shrug at. Every class adds 1e-12 so that a constant zero has a scale. */
const UNIT_FLOORS: Readonly<Record<Exclude<UnitClass, 'context'>, UnitFloor>> = {
  cpu_cores: { absolute: 0.005, relative: 0.05 },
  ratio: { absolute: 0.005, relative: 0.05 },
  memory_ratio: { absolute: 0.02, relative: 0.03 },
  memory_bytes: { absolute: 1e6, relative: 0.03 },
  seconds: { absolute: 0.02, relative: 0.25 },
  bytes_per_second: { absolute: 1000, relative: 0.05 },
  syscalls: { absolute: 20, relative: 0.05 },
  requests_per_second: { absolute: 0.1, relative: 0.05 },
  per_second: { absolute: 0, relative: 0.05 },
  success_ratio: { absolute: 0.01, relative: 0 },
  error_ratio: { absolute: 0.02, relative: 0.1 },
  stall_ratio: { absolute: 0.08, relative: 0.1 },
  other: { absolute: 0, relative: 0.01 },
};

/** The floor of a class; undefined for `context`, which is never scored. */
export const unitFloorOf = (unitClass: UnitClass): UnitFloor | undefined => (unitClass === 'context' ? undefined : UNIT_FLOORS[unitClass]);

export const floorAt = (floor: UnitFloor, level: number): number => floor.absolute + floor.relative * Math.abs(level) + 1e-12;
