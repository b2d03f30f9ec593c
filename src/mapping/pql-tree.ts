/** Puts a pql/json tree in words; null where it cannot be. */
export function treeToText(_tree: unknown): string | null {
  return null;
}
