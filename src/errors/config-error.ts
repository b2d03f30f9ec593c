import { SegmentationError } from './segmentation-error';

export interface ConfigProblem {
  /** The variable or option, e.g. `PORT`. */
  readonly name: string;
  /** What is wrong with it and what to set instead. */
  readonly message: string;
}

/** Every fault of the configuration at once, each with the name of its variable. */
export class ConfigError extends SegmentationError {
  readonly code = 'CONFIG_INVALID';

  constructor(readonly problems: readonly ConfigProblem[]) {
    super(problems.map(({ name, message }) => `${name} ${message}`).join('; '));
  }
}
