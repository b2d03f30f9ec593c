/** Work done so far. */
export type ReportProgress = (progress: {
  readonly done: number;
  readonly total: number;
}) => void | Promise<void>;
