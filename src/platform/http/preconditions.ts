import { Refusal } from './refusal';
import type { Call } from './resource';

/**
 * Refuses a change of an object that has changed since it was read: `If-Match` must name its version, as the answer's
 * `E-Tag` did, and `If-None-Match` must not. `*` is any version.
 *
 * Source: contract §2.2; §3, family B.
 * @throws Refusal 412
 */
export function requireVersion(
  { request: { headers } }: Call,
  object: { id: string; version: string },
): void {
  const wanted = tagsOf(headers['if-match']);
  const unwanted = tagsOf(headers['if-none-match']);
  const isNamed = (tags: readonly string[]): boolean => tags.includes('*') || tags.includes(object.version);
  if ((wanted === undefined || isNamed(wanted)) && (unwanted === undefined || !isNamed(unwanted))) return;
  const given = (wanted ?? unwanted ?? []).join(', ').slice(0, 64);
  throw new Refusal({
    family: 'B',
    status: 412,
    code: 'PRECONDITION_FAILED',
    message: `Supplied version=[${given}] does not match the current version on entity=[${object.id}]. Read it again.`,
  });
}

function tagsOf(header: string | undefined): readonly string[] | undefined {
  return header?.split(',').map((tag) => tag.trim().replace(/^(?:W\/)?"(.*)"$/u, '$1'));
}

/** `Pragma: validate-only` asks whether the request would do. Its answer is not documented; ours names nothing. */
export function isValidateOnly({ request: { headers } }: Call): boolean {
  const pragma = headers.pragma ?? '';
  return pragma.split(',').some((directive) => directive.trim().toLowerCase() === 'validate-only');
}
