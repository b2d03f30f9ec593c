import { openPostgresBackbones } from '../../support/postgres-backbones';
import { startPostgres } from '../../support/postgres-server';
import { describeBackbone } from './backbone-suite';

describeBackbone('in PostgreSQL', async () => {
  const server = await startPostgres();
  const backbones = await openPostgresBackbones(server.url());
  return {
    join: () => backbones.join(),
    pass: async (ms) => {
      await backbones.shiftTimes(ms);
      await backbones.sweep();
    },
    close: async () => {
      await backbones.close();
      await server.close();
    },
  };
});
