import { assertNever } from '../../../lib/assert';
import type { XdmType } from '../../../xdm/union-schema';

/** A value of the engine as XDM JSON spells it; undefined where there is none. Empty fields are left out. */
export function toXdmValue(value: unknown, type: XdmType): unknown {
  if (value === null || value === undefined) return undefined;
  switch (type.kind) {
    case 'string':
    case 'number':
    case 'boolean':
      return value;
    case 'integer':
      return Number(value);
    case 'datetime':
      return (value as Date).toISOString();
    case 'date':
      return (value as Date).toISOString().slice(0, 10);
    case 'array':
      return (value as readonly unknown[]).map((item) => toXdmValue(item, type.items) ?? null);
    case 'map': {
      const entries = value as readonly { readonly key: string; readonly value: unknown }[];
      return Object.fromEntries(entries.map((entry) => [entry.key, toXdmValue(entry.value, type.values)]));
    }
    case 'object': {
      const fields = value as Readonly<Record<string, unknown>>;
      const entries = Object.entries(type.fields).map(([name, field]) => [
        name,
        toXdmValue(fields[name], field),
      ]);
      return Object.fromEntries(entries.filter(([, field]) => field !== undefined));
    }
    default:
      return assertNever(type);
  }
}
