const maxShownLength = 500;
/** More than is shown, since what is taken out makes a text shorter. */
const maxReadLength = 4 * maxShownLength;

/** Breaks of lines and whatever else is not seen: `.` of a pattern must reach the end of the text. */
const unseen = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g;

/** Says nothing to whoever reads it: up to the end of the text. Of Java, JavaScript and Python. */
const stacks: readonly RegExp[] = [
  /\bCaused by:.*$/,
  /\bTraceback \(most recent call last\).*$/,
  /\bat (?:async )?[\w$.<>/]+ ?\([^()]*(?::\d+|Native Method|Unknown Source)\).*$/,
  /\bat (?:async )?[\w-]*[./][\w$./-]*:\d+:\d+.*$/,
];

/** As databases quote them: up to the end of the text. PQL's own `select x from xEvent` is none. */
const statements: readonly RegExp[] = [
  /\b(?:SELECT\s.{1,400}?\sFROM\s|INSERT\s+INTO\s|UPDATE\s+\S+\s+SET\s|DELETE\s+FROM\s|MERGE\s+INTO\s).*$/,
  /\bselect\s+(?:\*|count\(\S*\)|[\w"`.]+(?:\s*,\s*[\w"`.]+)+)\s+from\s.*$/i,
  /\b(?:insert\s+into\s+\S+\s*\(|update\s+\S+\s+set\s+\S+\s*=|delete\s+from\s+\S+\s+where\s).*$/i,
  /\b(?:create|drop|alter|truncate)\s+(?:table|view|index|database)\s.*$/i,
];

/** A secret under its name: after `=` always, after `:` where it looks like one. */
const namedSecret =
  /\b((?:access|refresh)_token|client_?secret|token|secret|password|api[_-]?key|sig)(\s*=\s*|"?\s*:\s*(?=["']?[\w.~+/-]*\d[\w.~+/-]{7}))["']?[^\s"',;&]+/gi;

/** Names of machines: with a port, below a domain that machines have, or said to be one. */
const hosts: readonly RegExp[] = [
  /(?<![\w.-])(?:localhost|[\w-]+(?:\.[\w-]+)+):\d{1,5}\b/gi,
  /(?<![\w.-])(?:[\w-]+\.)+(?:com|net|io|cloud|internal|intranet|local|localdomain|lan|corp|svc)\b(?![\w-]|\.\w)/gi,
  /(?<=\b(?:ENOTFOUND|EAI_AGAIN|UnknownHostException:)\s)[\w-]+/g,
  /(?<=\b(?:host|server|node|pod)[ :=]["']?)(?=[a-z-]*-[\w-]*\d)[\w-]+/gi,
];

const addresses: readonly RegExp[] = [
  /(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?::\d{1,5})?(?!\w|\.\d)/g,
  /(?<![\w:.])(?:[0-9a-f]{1,4}:){7}[0-9a-f]{1,4}(?![\w:])/gi,
  /(?<![\w:.])(?=(?:[0-9a-f]*:){3})(?:[0-9a-f]{1,4}:){1,6}:(?:[0-9a-f]{1,4}(?::[0-9a-f]{1,4}){0,5})?(?![\w:])/gi,
];

/** Below a folder that machines have, or with the name of a file at its end: `/expression/value` is a place in a body. */
const files: readonly RegExp[] = [
  /(?<![\w/.~-])\/(?:app|bin|data|etc|home|lib|mnt|opt|private|proc|root|run|srv|sys|tmp|Users|usr|var)\/[^\s"'<>()[\],;]*/g,
  /(?<![\w/.~-])\/(?:[\w.@~-]+\/)+[\w@~-]*\.[\w.-]*\w/g,
  /(?<![\w\\])[A-Za-z]:\\[^\s"'<>]*/g,
];

// Each pattern begins where none of its characters stands before it, so that none of them reads a text twice.
const replacements: readonly (readonly [RegExp, string])[] = [
  [/(?<![a-z0-9+.-])[a-z0-9+.-]+:\/\/[^\s"'<>)\]]+/gi, '[address]'],
  [/\bBearer\s+\S+/gi, '[credential]'],
  [/\beyJ[\w-]{8,}(\.[\w-]*)*/g, '[credential]'],
  [namedSecret, '$1$2[credential]'],
  [/(?<![\w.+-])[\w.+-]+@(?!AdobeOrg\b)[\w-]+\.[\w.-]+/g, '[e-mail]'],
  ...stacks.map((pattern) => [pattern, '[stack]'] as const),
  ...statements.map((pattern) => [pattern, '[statement]'] as const),
  ...[...hosts, ...addresses].map((pattern) => [pattern, '[address]'] as const),
  ...files.map((pattern) => [pattern, '[path]'] as const),
];

/**
 * Cuts a text that another system wrote to a sentence of at most 500 characters that may be shown: no address of a
 * machine or a page, no path of a file, no stack, no statement of a database, no token, no e-mail, no control bytes.
 */
export function scrubProse(prose: string): string {
  let clean = cutBefore(prose).replace(unseen, ' ');
  for (const [pattern, word] of replacements) clean = clean.replace(pattern, word);
  clean = clean.trim();
  return clean.length > maxShownLength ? `${clean.slice(0, maxShownLength - 1)}…` : clean;
}

/** Cuts between words, for half an e-mail or token would not be known for one. */
function cutBefore(prose: string): string {
  if (prose.length <= maxReadLength) return prose;
  const words = prose.slice(0, maxReadLength).split(/\s/);
  return `${words.slice(0, -1).join(' ')}…`;
}
