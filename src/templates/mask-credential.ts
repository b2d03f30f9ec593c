/** What stands in an answer where a literal secret stands in the store. */
export const credentialMask = '********';

/** One or more macros and nothing else: `{{authentication.token}}`. Such a text holds no secret of its own. */
const macrosOnly = /^\s*(\{\{\{?[^{}]*\}?\}\}\s*)+$/;

type Credential = Readonly<Record<string, unknown>>;

/**
 * Makes a template's `credential` fit to be shown: texts that consist of macros stay, `authType` stays, every other
 * literal (text, number, truth value) becomes `********`. Maps and lists within are treated alike.
 */
export function maskCredential(credential: Credential): Record<string, unknown> {
  return Object.fromEntries(Object.entries(credential).map(([key, value]) => [key, maskValue(key, value)]));
}

function maskValue(key: string, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item: unknown) => maskValue(key, item));
  if (isMap(value)) return maskCredential(value);
  if (value === null || value === '' || key === 'authType') return value;
  return typeof value === 'string' && macrosOnly.test(value) ? value : credentialMask;
}

/**
 * Takes a credential that a caller sends back after reading it: where it holds the mask, the stored value stays.
 * A mask at a place where nothing is stored stays as it is: a text of asterisks.
 */
export function restoreCredential(sent: Credential, stored: Credential): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(sent).map(([key, value]) => [key, restoreValue(value, ownValue(stored, key))]),
  );
}

function restoreValue(sent: unknown, stored: unknown): unknown {
  if (sent === credentialMask && stored !== undefined) return stored;
  if (Array.isArray(sent)) {
    const before: readonly unknown[] = Array.isArray(stored) ? stored : [];
    return sent.map((item: unknown, index) => restoreValue(item, before[index]));
  }
  if (isMap(sent)) return restoreCredential(sent, isMap(stored) ? stored : {});
  return sent;
}

function ownValue(map: Credential, key: string): unknown {
  return Object.hasOwn(map, key) ? map[key] : undefined;
}

function isMap(value: unknown): value is Credential {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
