import { PlatformError } from '../../errors/platform-error';
import type { UpsProblemItemWire } from '../../wire/problem.wire';

/** The families that a refusal can name; the others follow from the path. */
export type ProblemFamily = 'A' | 'B' | 'C' | 'OAUTH';

export interface RefusalParts {
  readonly status: number;
  /** Adobe's number where one is documented (`UPAPI-113015-400`), else a word of our own. */
  readonly code: string;
  readonly message: string;
  /** Several faults at once, e.g. the diagnostics of a rule. */
  readonly items?: readonly UpsProblemItemWire[];
  readonly headers?: Readonly<Record<string, string>>;
  /** `A` where the API gateway in front would answer, `B` for a version that is not the present one, `OAUTH` where IMS would; else the family follows from the path. */
  readonly family?: ProblemFamily;
}

/** A request that is refused for a reason that only HTTP knows: a header, a method, a range, a documented number. */
export class Refusal extends PlatformError {
  readonly code: string;
  readonly status: number;
  readonly items: readonly UpsProblemItemWire[];
  readonly headers: Readonly<Record<string, string>>;
  readonly family: ProblemFamily | undefined;

  constructor({ status, code, message, items, headers, family }: RefusalParts) {
    super(message);
    this.status = status;
    this.code = code;
    this.items = items ?? [];
    this.headers = headers ?? {};
    this.family = family;
  }
}
