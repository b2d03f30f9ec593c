/**
 * Fields beside the built-in ones, `/audience/fields`. Ours alone: at Adobe they are made in the Schema Registry, of which
 * the platform has nothing.
 */
export interface FieldWire {
  entity: 'profile' | 'event';
  /** Dotted path, e.g. `_acme.loyalty.points`. */
  path: string;
  /** As `integer`, `string[]`, `map<number>`, `{brand: string}[]`. */
  type: string;
  /** Who brought it: an import, which guessed its type, or an operator, whose type stays. */
  origin: 'import' | 'operator';
}

export interface FieldListWire {
  fields: FieldWire[];
}
