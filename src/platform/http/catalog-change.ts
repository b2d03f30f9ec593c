import type { z } from 'zod';
import { InvalidRequest } from '../../errors/platform-error';
import { applyJsonPatch } from '../../lib/json-patch';
import { applyMergePatch } from '../../lib/merge-patch';
import { jsonPatchBody, partBody } from '../../wire/catalog.request';
import { readBody } from '../../wire/read-body';
import type { CatalogObject } from './catalog-filters';
import type { Call } from './resource';

/** Properties of every object that Catalog sets itself. */
export const setByCatalog: ReadonlySet<string> = new Set([
  'id',
  'imsOrg',
  'sandboxId',
  'version',
  'created',
  'createdClient',
  'createdUser',
  'updated',
  'updatedUser',
]);

/** What a PATCH makes of an object; to be called with the object as it is when it is written. */
export type CatalogPatch = (before: CatalogObject) => CatalogObject;

/**
 * Reads the body of a PATCH by its content type: JSON Patch; a merge patch, whose objects go into each other; or, as
 * `application/json`, the properties that change, each whole. Null takes a property away.
 *
 * Source: contract §13; `isDeep` is what OA-catalog calls PATCH v2.
 * @throws InvalidRequest
 */
export function readCatalogPatch(call: Call, { isDeep = false } = {}): CatalogPatch {
  const type = call.request.headers['content-type'] ?? '';
  if (type.includes('json-patch') || Array.isArray(call.request.body)) {
    const operations = call.body(jsonPatchBody);
    return (before) => {
      const patched = applyJsonPatch(before, operations);
      if (patched.ok) return patched.value as CatalogObject;
      throw new InvalidRequest(`The JSON Patch cannot be done: ${patched.problem}.`);
    };
  }
  const part = call.body(partBody);
  if (isDeep || type.includes('merge-patch'))
    return (before) => applyMergePatch(before, part) as CatalogObject;
  return (before) =>
    Object.fromEntries(Object.entries({ ...before, ...part }).filter(([, value]) => value !== null));
}

/** Checks an object that a PATCH made. @throws InvalidRequest with every fault. */
export function checkObject<Schema extends z.ZodType>(schema: Schema, object: unknown): z.output<Schema> {
  const reading = readBody(schema, object);
  if (reading.ok) return reading.value;
  throw new InvalidRequest('What the change would make is wrong.', reading.problems);
}

/** Without the properties that only Catalog sets, which clients may send as they read them. */
export function withoutReadOnly(object: CatalogObject, names: ReadonlySet<string>): CatalogObject {
  return Object.fromEntries(Object.entries(object).filter(([name]) => !names.has(name)));
}

/** `1.0.<changes>`. */
export function versionOf({ revision = 0 }: { readonly revision?: number | undefined }): string {
  return `1.0.${revision}`;
}

/** Who made and changed an object, in Catalog's words. */
export function peopleOf({
  createdBy,
  updatedBy = createdBy,
}: {
  readonly createdBy?: string | undefined;
  readonly updatedBy?: string | undefined;
}): { readonly createdClient?: string; readonly createdUser?: string; readonly updatedUser?: string } {
  return {
    ...(createdBy === undefined ? {} : { createdClient: createdBy, createdUser: `${createdBy}@AdobeID` }),
    ...(updatedBy === undefined ? {} : { updatedUser: `${updatedBy}@AdobeID` }),
  };
}
