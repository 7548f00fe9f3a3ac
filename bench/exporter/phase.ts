/** What every phase is given. */
export interface PhaseContext {
  readonly seed: number;
  /** 1 = the sizes the bars are set for; less for a quick look, whose figures judge nothing. */
  readonly scale: number;
  /** Live cycles watched for each setting. */
  readonly ticks: number;
  /** The exporter's script. */
  readonly program: string;
  readonly profileTo?: string;
  readonly signal: AbortSignal;
}
