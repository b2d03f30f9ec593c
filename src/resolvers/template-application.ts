import type { Application, ApplyTask } from '../destinations/apply-template';
import { assertNever } from '../lib/assert';
import { wireVerbs } from '../mapping/audience-template.mapping';
import { readStoredOperation } from '../mapping/stored-operation.mapping';
import type { StoredOperation } from '../mapping/stored-operation.mapping';
import type { RenderTemplateInput } from '../schema/audience-template.input';
import type { TemplateOutcomePayload } from '../schema/template-outcome.type';
import type { UserError } from '../schema/user-error.type';
import { checkDepth } from '../templates/check';
import { givenValue } from '../templates/values';
import { renderOperation } from '../templates/render';
import type { SegmentFacts } from '../templates/scope';
import type { SegmentDefinitionWire } from '../wire/segment-definition.wire';
import type { GatewayContext } from './context';
import type { TemplateFacts } from './template-facts';
import { invalidInput } from './user-errors';

/** An operation that could be rendered, or why it could not. */
export type Preparation =
  | { readonly kind: 'ready'; readonly task: ApplyTask; readonly problems: readonly string[] }
  | { readonly kind: 'refused'; readonly userErrors: readonly [UserError, ...UserError[]] };

/** Renders the operation that the input names. */
export function prepareOperation(
  input: RenderTemplateInput,
  { template, segment, externalId }: TemplateFacts,
  { caller }: Pick<GatewayContext, 'caller'>,
): Preparation {
  const values = input.values ?? {};
  if (checkDepth(values).length > 0)
    return refused(invalidInput(['input', 'values'], 'It is nested too deep.'));
  const verb = wireVerbs[input.verb];
  const stored = readStoredOperation(template, verb);
  if (stored.kind !== 'usable') return refused(...faultsOf(stored, input));
  const given = givenValue(values, ['segment', 'alias']);
  const alias = typeof given === 'string' || typeof given === 'number' ? String(given) : externalId;
  const facts: SegmentFacts | null = segment && {
    ...readSegment(segment),
    alias: verb === 'create' ? null : alias,
  };
  const { orgId, sandbox } = caller;
  const surroundings = {
    userContext: { imsOrgId: orgId },
    destination: { imsOrgId: orgId, sandboxName: sandbox },
  };
  const rendered = renderOperation({
    template: stored.template,
    verb,
    facts: { segment: facts, values, surroundings },
  });
  if (rendered === undefined) return refused(...faultsOf({ kind: 'absent' }, input));
  const place = segment && { orgId, sandbox, templateId: template.instanceId, segmentId: segment.id };
  return {
    kind: 'ready',
    task: { place, verb, template: stored.template, rendered, alias },
    problems: stored.problems,
  };
}

/** Everything that keeps a rendered operation from being sent. */
export function findObstacles(
  { rendered }: Pick<ApplyTask, 'rendered'>,
  problems: readonly string[],
): readonly UserError[] {
  return [
    ...problems.map(templateFault),
    ...rendered.unresolved.map(unresolvedError),
    ...rendered.violations.map((violation) =>
      invalidInput(['input', 'values'], violation, 'Give another value, or mend the template.'),
    ),
  ];
}

/** What became of a request, for people. */
export function toPayload(application: Application, now: Date): TemplateOutcomePayload {
  switch (application.kind) {
    case 'done':
      return { outcome: toOutcome(application.outcome), userErrors: [] };
    case 'rejected':
      return { outcome: toOutcome(application.outcome), userErrors: [rejection(application, now)] };
    case 'denied':
      return { outcome: null, userErrors: [denial(application)] };
    case 'taken':
      return { outcome: null, userErrors: [takenError(application)] };
    default:
      return assertNever(application);
  }
}

function readSegment(segment: SegmentDefinitionWire | { readonly id: string }): SegmentFacts {
  if (!('name' in segment)) return segment;
  const { id, name, description } = segment;
  // A segment without a description has an empty one, which is no reason to send nothing.
  return { id, name, description: description ?? '' };
}

function faultsOf(
  stored: Exclude<StoredOperation, { readonly kind: 'usable' }>,
  { verb }: RenderTemplateInput,
): readonly [UserError, ...UserError[]] {
  const absent: UserError = {
    code: 'TEMPLATE_INVALID',
    message: `The template has no operation ${verb}.`,
    field: ['input', 'verb'],
    hint: 'AudienceTemplate.operations lists what it has; a template without any names a destination that Adobe serves by itself.',
  };
  if (stored.kind === 'absent') return [absent];
  const [first = absent, ...others] = stored.problems.map(templateFault);
  return [first, ...others];
}

function templateFault(problem: string): UserError {
  return {
    code: 'TEMPLATE_INVALID',
    message: problem,
    field: ['input', 'templateId'],
    hint: 'Mend the template with updateAudienceTemplate.',
  };
}

function unresolvedError(name: string): UserError {
  if (name.startsWith('{%'))
    return templateFault('The template holds control blocks ({% … %}), which are not carried out.');
  const message = `There is no value for ${name}.`;
  if (name === 'segment.alias')
    return invalidInput(
      ['input', 'segmentId'],
      'It is not known what this segment is called in the destination.',
      'Apply CREATE first; what was made by other means can be named by "segment.alias" in values.',
    );
  if (name.startsWith('segment.'))
    return invalidInput(['input', 'segmentId'], message, `Name a segment, or give "${name}" in values.`);
  return invalidInput(['input', 'values', name], message, `Give it in values, as {"${name}": …}.`);
}

function toOutcome({
  status,
  externalAudienceId,
  values,
  error,
}: Extract<Application, { readonly kind: 'done' }>['outcome']): NonNullable<
  TemplateOutcomePayload['outcome']
> {
  return { httpStatus: status, externalAudienceId, values, error };
}

function rejection(
  { outcome, retryAfterMs }: Extract<Application, { readonly kind: 'rejected' }>,
  now: Date,
): UserError {
  return {
    code: 'DESTINATION_REJECTED',
    message: outcome.error ?? `The destination answered with status ${outcome.status}.`,
    field: null,
    hint: `The words are the destination's own; it answered with status ${outcome.status}.`,
    retryAt: retryAfterMs === null ? null : new Date(now.getTime() + retryAfterMs),
  };
}

function denial({ message, hint }: Extract<Application, { readonly kind: 'denied' }>): UserError {
  return { code: 'FORBIDDEN', message, field: ['input', 'templateId'], hint };
}

function takenError({ by }: Extract<Application, { readonly kind: 'taken' }>): UserError {
  const field = ['input', 'segmentId'];
  if (by.phase === 'CREATING') {
    const hint = 'Wait for its answer.';
    return { code: 'CONFLICT', message: 'This audience is being created at this moment.', field, hint };
  }
  const named = by.externalId === null ? 'under an id that it did not tell' : `as ${by.externalId}`;
  return {
    code: 'CONFLICT',
    message: `The destination has this audience already, ${named}.`,
    field,
    hint: 'Apply UPDATE to change it, or DELETE before it is created again.',
  };
}

function refused(first: UserError, ...others: UserError[]): Preparation {
  return { kind: 'refused', userErrors: [first, ...others] };
}
