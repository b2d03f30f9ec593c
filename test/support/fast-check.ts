import fc from 'fast-check';

/**
 * fast-check with one seed for every run, so that `npm test` says the same of the same code. `PROPERTY_SEED` names another;
 * `node test/long/many-seeds.mjs` looks where no run has looked before.
 */
fc.configureGlobal({ seed: Number(process.env['PROPERTY_SEED'] ?? 20_261_122) });

export { fc };
