import fc from 'fast-check';

/**
 * fast-check with one seed for every run, so that `npm test` says the same of the same code. `PROPERTY_SEED` names another;
 * `node test/long/many-seeds.mjs` looks where no run has looked before, and longer.
 */
fc.configureGlobal({ seed: Number(process.env['PROPERTY_SEED'] ?? 20_261_122) });

export { fc };

/** How many examples a property is shown: the number that `npm test` takes, or `PROPERTY_SCALE` times as many. */
export const examples = (count: number): { readonly numRuns: number } => ({
  numRuns: count * Number(process.env['PROPERTY_SCALE'] ?? 1),
});
