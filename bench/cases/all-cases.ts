import { attributePass } from './attribute-pass';
import type { BenchCase } from './bench-case';
import { exportsCase } from './exports';
import { lookupCase } from './lookup';
import { fiveHundred, hundred } from './many-rules';
import { previewCase } from './preview';
import { chainCase, sequenceCase } from './sequence';
import { singleRules } from './single-rules';
import { attributeJobMemory, bigJobMemory, jobMemory, wholeJob } from './whole-job';

/** In the order of the report. */
export const allCases: readonly BenchCase[] = [
  ...singleRules,
  sequenceCase,
  chainCase,
  previewCase,
  attributePass,
  hundred,
  fiveHundred,
  wholeJob,
  exportsCase,
  lookupCase,
  jobMemory,
  bigJobMemory,
  attributeJobMemory,
];
