import { invalidInput } from './user-errors';
import { isRecord } from '../lib/is-record';
import type { AudienceTemplateInput, TemplateOperationInput } from '../schema/audience-template.input';
import type { UserError } from '../schema/user-error.type';
import { credentialMask } from '../templates/mask-credential';

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
  return [
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
}

/** True where a masked secret stands anywhere in a credential. */
export function holdsMask(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(holdsMask);
  return isRecord(value) ? Object.values(value).some(holdsMask) : value === credentialMask;
}

function findOperationErrors(
  { verb, httpMethod }: TemplateOperationInput,
  index: number,
  { operations }: AudienceTemplateInput,
): UserError[] {
  const place = ['input', 'operations', String(index)];
  const isRepeated = operations.findIndex((operation) => operation.verb === verb) < index;
  return [
    ...(isRepeated ? [invalidInput([...place, 'verb'], `There is already an operation for ${verb}.`)] : []),
    ...(httpMethods.includes(httpMethod.toUpperCase())
      ? []
      : [invalidInput([...place, 'httpMethod'], `"${httpMethod}" is none of ${httpMethods.join(', ')}.`)]),
  ];
}
