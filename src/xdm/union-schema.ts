/**
 * The union schema as data: what attributes a profile and an event can have, and of which type.
 *
 * Both towers read it: `pql/` checks rules against it and finds the column of an attribute, the platform's store lays
 * its tables out by it. It is plain data, so an operator's own fields are more data, not more code.
 */
export type XdmType =
  | { readonly kind: 'string' | 'integer' | 'number' | 'boolean' | 'datetime' | 'date' }
  | XdmObject
  | XdmArray
  | XdmMap;

export interface XdmObject {
  readonly kind: 'object';
  readonly fields: Readonly<Record<string, XdmType>>;
}

export interface XdmArray {
  readonly kind: 'array';
  readonly items: XdmType;
}

/** A map from keys to values of one type, e.g. `identityMap`: namespace -> list of identities. */
export interface XdmMap {
  readonly kind: 'map';
  readonly values: XdmType;
  /** Absent: strings, as in all data. Maps that a rule makes have keys of the type that they are grouped by. */
  readonly keys?: XdmType;
}

export interface UnionSchema {
  /** Fields of `_xdm.context.profile`. */
  readonly profile: XdmObject;
  /** Fields of `_xdm.context.experienceevent`; in PQL the items of `xEvent`. */
  readonly event: XdmObject;
}

/** A field that was found in imported data, or added by an operator, beside the built-in ones. */
export interface FieldDefinition {
  readonly entity: 'profile' | 'event';
  /** Dotted path, e.g. `_acme.loyalty.points`. */
  readonly path: string;
  readonly type: XdmType;
}
