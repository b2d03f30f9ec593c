import { invalidInput } from './user-errors';
import { toAudienceTemplateBodyWire } from '../mapping/audience-template.mapping';
import type { AudienceTemplateInput, TemplateOperationInput } from '../schema/audience-template.input';
import type { UserError } from '../schema/user-error.type';
import { checkDepth, checkTemplate } from '../templates/check';
import type { TemplateDiagnostic } from '../templates/diagnostic';
import { holdsMask, maskTemplate } from '../templates/mask';
import { maskShapes } from '../templates/mask-text';
import { restoreSecrets } from '../templates/restore';
import type { AudienceTemplateBodyWire } from '../wire/audience-template.wire';

const httpMethods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];

/**
 * What the gateway itself sees wrong with a template.
 *
 * @param options `mayHoldMasks`: an update may send back the masks that it was shown; a new template has no secrets yet.
 */
export function findTemplateErrors(
  input: AudienceTemplateInput,
  options: { readonly mayHoldMasks: boolean },
): UserError[] {
  const mistakes = [
    ...(input.host.includes('{{')
      ? [
          invalidInput(
            ['input', 'host'],
            'The host must be literal: no macro may choose where secrets are sent.',
          ),
        ]
      : []),
    ...(!options.mayHoldMasks && holdsMask(input.credential)
      ? [
          invalidInput(
            ['input', 'credential'],
            'A masked value is not a secret.',
            'Send the secret itself, or a macro.',
          ),
        ]
      : []),
    ...input.operations.flatMap((operation, index) => findOperationErrors(operation, index, input)),
  ];
  return mistakes.length > 0 ? mistakes : findDiagnostics(input, options);
}

/** A template's new body with the secrets behind its masks, and the masks whose secret may not go where it is sent. */
export interface TemplateUpdate {
  readonly body: AudienceTemplateBodyWire;
  readonly moved: readonly UserError[];
}

/** Puts the stored secrets in the place of the masks that an update sends back. */
export function readTemplateUpdate(
  input: AudienceTemplateInput,
  stored: AudienceTemplateBodyWire,
): TemplateUpdate {
  const shown = maskTemplate({ dialect: 'A', document: stored });
  const sent = { dialect: 'A', document: toAudienceTemplateBodyWire(input) } as const;
  const { document, diagnostics } = restoreSecrets({ sent, stored, shown });
  return {
    // It was made of such a body, value for value.
    body: document,
    moved: diagnostics
      .filter(({ code }) => code === 'moved-secret')
      .map((diagnostic) => toUserError(diagnostic, input)),
  };
}

function findDiagnostics(
  input: AudienceTemplateInput,
  { mayHoldMasks }: { readonly mayHoldMasks: boolean },
): UserError[] {
  const document = toAudienceTemplateBodyWire(input);
  const sent = { dialect: 'A', document } as const;
  const tooDeep = checkDepth(document);
  const masks =
    mayHoldMasks || tooDeep.length > 0
      ? []
      : restoreSecrets({ sent, stored: undefined, shown: undefined }).diagnostics;
  const diagnostics = tooDeep.length > 0 ? tooDeep : [...checkTemplate(sent), ...masks];
  return diagnostics.map((diagnostic) => toUserError(diagnostic, input));
}

function toUserError(
  { path, message, suggestion }: TemplateDiagnostic,
  { operations }: AudienceTemplateInput,
): UserError {
  return {
    code: 'TEMPLATE_INVALID',
    message: /^[a-z]/.test(message) ? `This ${message}.` : message,
    field: ['input', ...inputPath(path.map(String), operations)],
    hint:
      suggestion === undefined
        ? 'Mend the named part and send the whole template again.'
        : `Did you mean {{${suggestion}}}?`,
  };
}

/** `metadataTemplate.create.uri` is `operations[n].uri` in the input. */
function inputPath(
  [top = '', verb = '', ...rest]: readonly string[],
  operations: readonly TemplateOperationInput[],
): readonly string[] {
  if (top !== 'metadataTemplate') return [top, verb, ...rest].filter((step) => step !== '');
  const index = operations.findIndex((operation) => operation.verb.toLowerCase() === verb);
  if (index !== -1) return ['operations', String(index), ...rest];
  return verb === '' ? ['operations'] : [verb, ...rest];
}

function findOperationErrors(
  { verb, httpMethod, headers }: TemplateOperationInput,
  index: number,
  { operations }: AudienceTemplateInput,
): UserError[] {
  const place = ['input', 'operations', String(index)];
  const isRepeated = operations.findIndex((operation) => operation.verb === verb) < index;
  return [
    ...(isRepeated ? [invalidInput([...place, 'verb'], `There is already an operation for ${verb}.`)] : []),
    ...(httpMethods.includes(httpMethod.toUpperCase())
      ? []
      : [invalidInput([...place, 'httpMethod'], `It must be one of ${httpMethods.join(', ')}.`)]),
    ...Object.entries(headers ?? {}).flatMap(([name, value]) =>
      typeof value === 'object'
        ? [invalidInput([...place, 'headers', maskShapes(name)], 'The value of a header must be a text.')]
        : [],
    ),
  ];
}
