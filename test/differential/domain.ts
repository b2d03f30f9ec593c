import type { XdmType } from '../../src/xdm/union-schema';

/**
 * A part of a schema with the few values that made-up people have in it: small domains, so that a rule whose literals
 * are taken from them is true of some people and false of others.
 */
export type Domain = ScalarDomain | ObjectDomain | ListDomain | MapDomain;

export type ScalarKind = 'string' | 'integer' | 'number' | 'boolean' | 'datetime' | 'date';

export interface ScalarDomain {
  readonly kind: ScalarKind;
  readonly values: readonly (string | number | boolean)[];
}

export interface ObjectDomain {
  readonly kind: 'object';
  readonly fields: Readonly<Record<string, Domain>>;
}

export interface ListDomain {
  readonly kind: 'array';
  readonly items: Domain;
}

export interface MapDomain {
  readonly kind: 'map';
  readonly keys: readonly string[];
  readonly values: Domain;
}

export const object = (fields: ObjectDomain['fields']): ObjectDomain => ({ kind: 'object', fields });
export const list = (items: Domain): ListDomain => ({ kind: 'array', items });
export const map = (keys: readonly string[], values: Domain): MapDomain => ({ kind: 'map', keys, values });
export const text = (...values: readonly string[]): ScalarDomain => ({ kind: 'string', values });
export const whole = (...values: readonly number[]): ScalarDomain => ({ kind: 'integer', values });
export const real = (...values: readonly number[]): ScalarDomain => ({ kind: 'number', values });
export const flag: ScalarDomain = { kind: 'boolean', values: [true, false] };
export const instants = (values: readonly string[]): ScalarDomain => ({ kind: 'datetime', values });
export const days = (values: readonly string[]): ScalarDomain => ({ kind: 'date', values });

/** The type in the schema of a domain. */
export function typeOf(domain: Domain): XdmType {
  switch (domain.kind) {
    case 'object':
      return {
        kind: 'object',
        fields: Object.fromEntries(
          Object.entries(domain.fields).map(([name, field]) => [name, typeOf(field)]),
        ),
      };
    case 'array':
      return { kind: 'array', items: typeOf(domain.items) };
    case 'map':
      return { kind: 'map', values: typeOf(domain.values) };
    default:
      return { kind: domain.kind };
  }
}
