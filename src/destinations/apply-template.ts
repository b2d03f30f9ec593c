import { DestinationFailed } from '../errors/destination-error';
import type { AudiencePlace, ExternalAudience, ExternalAudiences } from '../state/external-audiences';
import type { AlphaVerb, Written } from '../templates/documents';
import type { AnswerReading, DestinationAnswer } from '../templates/read-answer';
import { readAnswer } from '../templates/read-answer';
import type { RenderedOperation } from '../templates/render';
import { hideSecretsIn, plainWords } from '../templates/scrub';
import { keepDone, keepIfPossible } from './keep-outcome';
import type { Send, Sending } from './send-request';

/** One operation of a template, rendered, and what it is about. */
export interface ApplyTask {
  /** Where the audience's id over there is kept; null where no segment was named, and nothing is kept. */
  readonly place: AudiencePlace | null;
  readonly verb: AlphaVerb;
  readonly template: Written;
  /** Without anything unresolved or violated. */
  readonly rendered: RenderedOperation;
  /** The id by which the request addresses the audience. */
  readonly alias: string | null;
}

/** What a destination answered, as it may be shown. */
export interface DestinationOutcome extends AnswerReading {
  readonly status: number;
}

export type Application =
  | { readonly kind: 'done'; readonly outcome: DestinationOutcome }
  /** 4xx. */
  | { readonly kind: 'rejected'; readonly outcome: DestinationOutcome; readonly retryAfterMs: number | null }
  /** Not let out by the operator's rules. */
  | { readonly kind: 'denied'; readonly message: string; readonly hint: string }
  /** A creation of what has been created, or is being created. */
  | { readonly kind: 'taken'; readonly by: ExternalAudience };

/** The way to destinations, and the memory of what was made there. */
export interface Destinations {
  /**
   * Sends what was rendered, once, and keeps the id of the audience over there.
   *
   * @throws DestinationFailed where the destination failed by itself or was not heard; DestinationUnkept where it did what
   * it was asked and that could not be written down.
   */
  apply(task: ApplyTask): Promise<Application>;
}

export interface DestinationParts {
  readonly send: Send;
  readonly audiences: ExternalAudiences;
  readonly clock: () => Date;
}

/** A creation that has taken longer has been left by a process that died; a request takes 15 s at most. */
const staleAfterMs = 60_000;
const longestId = 1024;
const longestWaitMs = 86_400_000;

/** Makes the door to destinations. */
export function createDestinations(parts: DestinationParts): Destinations {
  return {
    apply: async (task) => {
      const { place, verb } = task;
      if (place === null) return judge(task, await parts.send(task.rendered.request));
      if (verb !== 'create') return applyToKnown(parts, task, place);
      return (await claim(parts, place)) ?? create(parts, task, place);
    },
  };
}

/** Undefined where the place is the caller's now. */
async function claim(
  { audiences, clock }: DestinationParts,
  place: AudiencePlace,
): Promise<Application | undefined> {
  const at = clock();
  if (await audiences.claim(place, { at, staleAt: new Date(at.getTime() - staleAfterMs) })) return undefined;
  return { kind: 'taken', by: (await audiences.find(place)) ?? { phase: 'CREATING', externalId: null } };
}

async function create(
  { send, audiences, clock }: DestinationParts,
  task: ApplyTask,
  place: AudiencePlace,
): Promise<Application> {
  const sending = await send(task.rendered.request);
  try {
    const application = judge(task, sending);
    if (application.kind === 'done') {
      const externalId = application.outcome.externalAudienceId;
      await keepDone(audiences.keep(place, externalId, clock()), { verb: 'create', externalId });
    } else await keepIfPossible(audiences.forget(place));
    return application;
  } catch (error) {
    const isNotDone = error instanceof DestinationFailed && !error.outcomeUnknown;
    await keepIfPossible(isNotDone ? audiences.forget(place) : audiences.doubt(place, clock()));
    throw error;
  }
}

async function applyToKnown(
  { send, audiences, clock }: DestinationParts,
  task: ApplyTask,
  place: AudiencePlace,
): Promise<Application> {
  const { verb } = task;
  const application = judge(task, await send(task.rendered.request));
  const externalId = application.kind === 'done' ? application.outcome.externalAudienceId : null;
  if (verb === 'update' && externalId !== null)
    await keepDone(audiences.keep(place, externalId, clock()), { verb, externalId });
  if (verb === 'delete' && isGone(application)) await keepDone(audiences.forget(place), { verb, externalId });
  return application;
}

/** What is not there any more has been deleted, by whomever. */
function isGone(application: Application): boolean {
  if (application.kind === 'rejected') return [404, 410].includes(application.outcome.status);
  return application.kind === 'done';
}

/** Reads what came back by the template. */
function judge(task: ApplyTask, sending: Sending): Application {
  switch (sending.kind) {
    case 'denied':
      return sending;
    case 'failed':
      throw new DestinationFailed(sentence(sending.message, sending.mayBeDone && isWrite(task)), {
        code: codes[sending.failure],
        status: sending.status,
        outcomeUnknown: sending.mayBeDone && isWrite(task),
      });
    case 'answered':
      return judgeAnswer(task, sending.answer);
  }
}

const codes = {
  unreachable: 'UPSTREAM_UNAVAILABLE',
  timeout: 'UPSTREAM_TIMEOUT',
  'bad-answer': 'UPSTREAM_INVALID_RESPONSE',
} as const;

function judgeAnswer(task: ApplyTask, answer: DestinationAnswer): Application {
  const { status } = answer;
  const outcome = { status, ...readOutcome(task, answer) };
  if (status >= 200 && status <= 299) return { kind: 'done', outcome };
  if (status >= 400 && status <= 499)
    return { kind: 'rejected', outcome, retryAfterMs: waitOf(answer.headers['retry-after']) };
  const words =
    status >= 300 && status <= 399
      ? `The destination sends elsewhere (${status}), which is never followed`
      : `The destination failed (${status})`;
  throw new DestinationFailed(sentence(words, isWrite(task)), {
    code: status > 500 ? 'UPSTREAM_UNAVAILABLE' : 'UPSTREAM_INVALID_RESPONSE',
    status,
    outcomeUnknown: isWrite(task),
  });
}

function readOutcome(
  { template, verb, rendered, alias }: ApplyTask,
  answer: DestinationAnswer,
): AnswerReading {
  const reading = readAnswer({ template, verb, answer });
  const { secrets } = rendered;
  const isAddressed = reading.error === null && (verb === 'update' || verb === 'delete');
  const id = reading.externalAudienceId ?? (isAddressed ? alias : null);
  return {
    externalAudienceId: id !== null && id.length <= longestId ? id : null,
    values: hideSecretsIn(reading.values, secrets) as AnswerReading['values'],
    error: reading.error === null ? null : (plainWords(reading.error, rendered) ?? unshown(answer.status)),
  };
}

/** In the place of words that cannot be shown. */
function unshown(status: number): string {
  return `The destination answered with status ${status}, in words that cannot be shown.`;
}

function isWrite({ rendered }: ApplyTask): boolean {
  return rendered.request.method !== 'GET';
}

function sentence(words: string, isInDoubt: boolean): string {
  const doubt = isInDoubt ? '; it may have done what it was asked, so look there before you repeat it' : '';
  return `${words.replace(/\.$/, '')}${doubt}.`;
}

/** Seconds, at most a day; a date is not worth reading a clock for. */
function waitOf(header: string | readonly string[] | undefined): number | null {
  return typeof header === 'string' && /^\d{1,9}$/.test(header)
    ? Math.min(Number(header) * 1000, longestWaitMs)
    : null;
}
