/**
 * The code of an error of Node itself (`EADDRINUSE`, `ENOSPC`), or of a library that follows its custom; `""` for others.
 * Asks for the property and not for the class: such an error may come from another realm.
 */
export function systemCodeOf(error: unknown): string {
  const isObject = typeof error === 'object' && error !== null;
  return isObject && 'code' in error && typeof error.code === 'string' ? error.code : '';
}
