/**
 * Codes of standard identity namespaces, and the numbers that Adobe's reports write for them. Codes are compared without
 * case. Source: contract of XDM, §2.
 */
const standardNamespaces = [
  ['ECID', '4'],
  ['Email', '6'],
  ['Phone', '7'],
  ['AAID', '10'],
] as const;

const numbers = new Map<string, string>(
  standardNamespaces.map(([code, number]) => [code.toLowerCase(), number]),
);
const codes = new Map<string, string>(standardNamespaces.map(([code, number]) => [number, code]));

/** The number of a standard namespace; any other is called by its code. */
export function namespaceIdOf(code: string): string {
  return numbers.get(code.toLowerCase()) ?? code;
}

/** The code behind a number; what is not known stays as it is. */
export function namespaceCodeOf(id: string): string {
  return codes.get(id) ?? id;
}

/** Adobe's own namespaces of audiences. Source: contract §11. */
const audienceNamespaces = ['AEPSegments', 'AAM', 'AAMSegments', 'AAMTraits'];

/** A namespace of audiences in Adobe's spelling, whatever its case; any other as it is. */
export function audienceNamespaceOf(text: string): string {
  return audienceNamespaces.find((namespace) => namespace.toLowerCase() === text.toLowerCase()) ?? text;
}
