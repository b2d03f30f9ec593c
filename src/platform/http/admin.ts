import type { FastifyInstance } from 'fastify';
import { answerBody, clockBody, failureBody, paceBody } from '../../wire/admin.request';
import type { AdminSettingsWire } from '../../wire/admin.wire';
import type { JobKind } from '../jobs/job-state';
import type { JobError } from '../records';
import type { HttpServices } from './http-services';
import { addResource } from './resource';
import type { Call, Route, Routes } from './resource';
import { Refusal } from './refusal';

/** Everything below is answered for nobody else than this machine, and never with a planned answer. */
export const adminPath = '/audience/admin';

/**
 * Settings for trials: move the clock, slow jobs down, let the next job fail, answer 429 or 503 for a while. Each answers
 * with the settings as they are then. Ours alone; see `wire/admin.wire.ts`.
 */
export function addAdmin(app: FastifyInstance, services: HttpServices): void {
  const { trials, scheduler } = services;
  const moveClock = (move: () => void): void => {
    move();
    // What has become due is due now, and not when the next timer ends.
    scheduler.wake();
  };
  const add = (path: string, changes: Readonly<Record<string, (call: Call) => void>>): void =>
    addResource(app, `${adminPath}${path}`, withSettings(services, changes));
  add('', {
    DELETE: ({ tenant }) => {
      moveClock(() => trials.resetClock());
      trials.setPace(undefined);
      trials.forgetFailures(tenant);
      trials.forgetAnswers(tenant);
    },
  });
  add('/clock', {
    PUT: (call) => {
      const body = call.body(clockBody);
      const now = 'now' in body ? Date.parse(body.now) : trials.now() + body.advanceSeconds * 1000;
      moveClock(() => trials.moveClockTo(now));
    },
    DELETE: () => moveClock(() => trials.resetClock()),
  });
  add('/pace', {
    PUT: (call) => trials.setPace(call.body(paceBody).ms),
    DELETE: () => trials.setPace(undefined),
  });
  add('/failures', {
    POST: (call) => planFailure(call, services),
    DELETE: ({ tenant }) => trials.forgetFailures(tenant),
  });
  add('/answers', {
    POST: (call) => planAnswer(call, services),
    DELETE: ({ tenant }) => trials.forgetAnswers(tenant),
  });
}

/** Each change, and GET, as a route that answers with all settings. */
function withSettings(
  services: HttpServices,
  changes: Readonly<Record<string, (call: Call) => void>>,
): Routes {
  const all: Readonly<Record<string, (call: Call) => void>> = { GET: () => undefined, ...changes };
  const routes = Object.entries(all).map(([method, change]): [string, Route] => [
    method,
    (call) => {
      requireLoopback(call);
      change(call);
      return settingsBody(call, services);
    },
  ]);
  return Object.fromEntries(routes);
}

const loopback = /^(?:::ffff:)?127\.|^::1$/u;

/** The platform may be told to listen elsewhere; these settings are for people at the machine. */
function requireLoopback({ request }: Call): void {
  if (loopback.test(request.socket.remoteAddress ?? '')) return;
  throw new Refusal({ status: 404, code: 'RESOURCE_NOT_FOUND', message: 'There is nothing at this path.' });
}

/** Codes that Adobe's own examples of failed jobs show, in its words as far as they name no machine of Adobe's. */
const adobeMessages: Readonly<Record<string, string>> = {
  '0090000009': 'Error writing profiles to output path',
  '0100000003': 'Error in Export Job',
  '8.0000018E7': 'The rate is too large',
  unknown: 'Job aborted.',
};

const usualCode: Readonly<Record<JobKind, string>> = { segment: '8.0000018E7', export: '0100000003' };

function planFailure(call: Call, { trials }: HttpServices): void {
  const { job: kind, times = 1, ...given } = call.body(failureBody);
  const code = given.code ?? usualCode[kind];
  const error: JobError = {
    code,
    message: given.message ?? adobeMessages[code] ?? 'The job failed, as it was told to.',
  };
  trials.planFailure(call.tenant, { kind, error, times });
}

const defaultSeconds = 60;

function planAnswer(call: Call, { trials }: HttpServices): void {
  const { path = '/', forSeconds, times, ...rest } = call.body(answerBody);
  const seconds = forSeconds ?? (times === undefined ? defaultSeconds : undefined);
  trials.planAnswer(call.tenant, {
    ...rest,
    path,
    times,
    forMs: seconds === undefined ? undefined : seconds * 1000,
  });
}

function settingsBody({ tenant }: Call, { trials }: HttpServices): AdminSettingsWire {
  return {
    clock: { now: new Date(trials.now()).toISOString(), offsetMs: trials.offsetMs },
    pace: { ms: trials.paceMs },
    failures: trials.failures(tenant).map(({ kind, error, times }) => ({ job: kind, ...error, times })),
    answers: trials.answers(tenant).map(({ path, method, status, retryAfterSeconds, leftMs, times }) => ({
      path,
      ...(method === undefined ? {} : { method }),
      status,
      ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
      ...(leftMs === undefined ? {} : { secondsLeft: Math.ceil(leftMs / 1000) }),
      ...(times === undefined ? {} : { timesLeft: times }),
    })),
  };
}
