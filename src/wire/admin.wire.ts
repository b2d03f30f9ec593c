/** Settings for trials, `/audience/admin`. Ours alone. */
export interface AdminSettingsWire {
  clock: {
    /** The platform's time, RFC 3339. */
    now: string;
    /** How far it is ahead of the true time. */
    offsetMs: number;
  };
  /** Rest between two steps of a job. */
  pace: { ms: number };
  /** What the next jobs of this sandbox fail with. */
  failures: { job: 'segment' | 'export'; code: string; message: string; times: number }[];
  /** What requests of this sandbox are answered with. */
  answers: {
    path: string;
    /** Every method where it is missing. */
    method?: string;
    status: number;
    retryAfterSeconds?: number;
    secondsLeft?: number;
    timesLeft?: number;
  }[];
}

/** PUT /audience/admin/clock: one of the two. */
export interface ClockBodyWire {
  now?: string;
  /** From the platform's present time; less than 0 goes back. */
  advanceSeconds?: number;
}

/** POST /audience/admin/failures */
export interface FailureBodyWire {
  job: 'segment' | 'export';
  code?: string;
  message?: string;
  times?: number;
}

/** POST /audience/admin/answers */
export interface AnswerBodyWire {
  status: number;
  path?: string;
  method?: string;
  retryAfterSeconds?: number;
  forSeconds?: number;
  times?: number;
}
