import type { FastifyInstance } from 'fastify';
import type { HttpServices } from './http-services';

/** `GET /healthz` (the process answers) and `GET /readyz` (it can work), without headers. */
export function addHealth(app: FastifyInstance, { isReady }: HttpServices): void {
  app.get('/healthz', () => ({ status: 'ok' }));
  app.get('/readyz', (_request, reply) => {
    const ready = isReady();
    return reply.code(ready ? 200 : 503).send({ status: ready ? 'ready' : 'not ready' });
  });
}

/** True for the two paths that are answered without the headers of a caller. */
export function isHealthPath(path: string): boolean {
  return path === '/healthz' || path === '/readyz';
}
