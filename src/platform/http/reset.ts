import { timingSafeEqual } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { resetBody } from '../../wire/reset.request';
import type { ResetAnswerWire } from '../../wire/reset.wire';
import type { Tenant } from '../records';
import type { HttpServices } from './http-services';
import { addResource } from './resource';
import type { Call } from './resource';
import { Refusal } from './refusal';

export const resetPath = '/audience/reset';
const waitMs = 10_000;

/**
 * Empties the caller's sandbox, or all of them, while the platform runs. Whoever may read the data folder may: its key
 * stands there. Ours alone; see `wire/reset.wire.ts`.
 */
export function addReset(app: FastifyInstance, services: HttpServices): void {
  addResource(app, resetPath, { POST: (call) => reset(call, services) });
}

async function reset(call: Call, services: HttpServices): Promise<ResetAnswerWire> {
  requireKey(call, services.operatorKey);
  const { scope } = call.body(resetBody);
  const known = await services.store.tenants();
  const tenants = scope === 'sandbox' ? [call.tenant] : known;
  const isKnown = (one: Tenant): boolean =>
    known.some(({ orgId, sandbox }) => orgId === one.orgId && sandbox === one.sandbox);
  const emptied: ResetAnswerWire['emptied'] = [];
  for (const tenant of tenants) {
    const removed = await emptySandbox(services, tenant);
    // Of a sandbox that never was there is nothing to tell.
    if (isKnown(tenant))
      emptied.push({ imsOrgId: tenant.orgId, sandboxName: tenant.sandbox, removed: { ...removed } });
  }
  return { emptied };
}

/** Nothing of the sandbox may be under way: what works on it would write into what is gone. */
async function emptySandbox(
  { store, gate, runner, ingests, previews, scheduler, trials }: HttpServices,
  tenant: Tenant,
): Promise<Readonly<Record<string, number>>> {
  return gate.whileClosed(tenant, waitMs, async () => {
    const letJobsRun = await runner.hold(tenant);
    try {
      await Promise.all([ingests.drop(tenant), previews.removeAll(tenant)]);
      const removed = await scheduler.whileResting(() => store.empty(tenant));
      trials.forgetFailures(tenant);
      trials.forgetAnswers(tenant);
      return removed;
    } finally {
      letJobsRun();
    }
  });
}

function requireKey({ request }: Call, key: string): void {
  const given = request.headers['x-audience-operator-key'];
  const isSame =
    typeof given === 'string' &&
    given.length === key.length &&
    timingSafeEqual(Buffer.from(given), Buffer.from(key));
  if (isSame) return;
  throw new Refusal({
    status: 403,
    code: 'FORBIDDEN',
    message: 'Only who may read the data folder may empty it. Use npx audience reset.',
  });
}
