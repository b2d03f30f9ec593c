/**
 * Names that a field found in data may have to become addressable: those that PQL can spell and that the engine can
 * hold. Data under other names are kept, but not addressable.
 */
export function isFieldName(name: string): boolean {
  return /^[A-Za-z_][A-Za-z0-9_-]{0,99}$/u.test(name) && name !== '__proto__';
}
