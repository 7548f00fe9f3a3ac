/** What the active events do to one pod during one step: factors and additions, neutral at first. Reused, so it is mutable. */
export interface Effect {
  cpuCores: number;
  /** Factor on the CPU limit. */
  cpuLimit: number;
  memoryBytes: number;
  receiveBytes: number;
  transmitBytes: number;
  receivePackets: number;
  transmitPackets: number;
  readBytes: number;
  writeBytes: number;
  /** Factor on the latency. */
  latency: number;
}

export const createEffect = (): Effect => ({
  cpuCores: 0,
  cpuLimit: 1,
  memoryBytes: 0,
  receiveBytes: 0,
  transmitBytes: 0,
  receivePackets: 0,
  transmitPackets: 0,
  readBytes: 0,
  writeBytes: 0,
  latency: 1,
});

export const clearEffect = (effect: Effect): void => {
  Object.assign(effect, NEUTRAL);
};

const NEUTRAL = createEffect();
