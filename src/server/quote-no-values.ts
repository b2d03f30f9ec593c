import { isOneOfInput, oneOfInputs } from './one-of-inputs';

const start = /^Variable "\$(\w{1,256})" got invalid value /;

/** What graphql-js says of the schema alone; what follows any of these may quote the value. */
const reasons: readonly RegExp[] = [
  /; (Expected (?:non-nullable )?type "[\w![\]]+"(?: not to be null| to be an object)?\.)/g,
  /; (Field "\w{1,64}" of required type "[\w![\]]+" was not provided\.)/g,
  /; (Field "\w{1,64}" is not defined by type "\w+"\.(?: Did you mean [\w", ]+\?)?)/g,
  /; ((?:Int|Float|String|Boolean|ID) cannot represent (?:(?:a )?non[ \w-]* )?value)\b/g,
  /; (\w+ cannot represent)\b/g,
  /; (Exactly one key must be specified for OneOf type "\w+"\.)/g,
  /; (Field "\w{1,64}" must be non-null\.)/g,
  /; (\w+ must be (?:a string|an absolute http or https address)\.)/g,
  /; (?:Value "[^]*" (does not exist in "\w+" enum\.(?: Did you mean [\w", ]+\?)?))/g,
];

/**
 * What graphql-js says of a variable that does not fit, without the value, which may be a secret that came to stand in
 * the wrong place. Other messages stay.
 */
export function quoteNoValues(message: string): string {
  const name = start.exec(message)?.[1];
  if (name === undefined) return message;
  const places = [...message.matchAll(/ at "(\w+(?:[.[][\w.[\]]*)?)"; /g)].filter(
    ([, path]) => path === name || path?.startsWith(`${name}.`) || path?.startsWith(`${name}[`),
  );
  const place = places.at(-1);
  const where = place?.[1] === undefined ? '' : ` at "${place[1]}"`;
  const rest = message.slice(place === undefined ? 0 : place.index + place[0].length - 2);
  return `Variable "$${name}" got an invalid value${where}; ${reasonOf(rest)}`;
}

function reasonOf(text: string): string {
  for (const pattern of reasons) {
    const reason = [...text.matchAll(pattern)].at(-1)?.[1];
    if (reason === undefined) continue;
    if (reason.startsWith('Exactly one key')) return sayWhichKeys(reason);
    if (reason.startsWith('does not exist')) return `Such a value ${reason}`;
    if (reason.endsWith('cannot represent')) return `${reason} this value.`;
    return reason.endsWith('.') || reason.endsWith('?') ? reason : `${reason}.`;
  }
  return 'it does not fit its type.';
}

/** graphql-js says that one key must be given, but not which there are. */
function sayWhichKeys(reason: string): string {
  const type = /"(\w+)"/.exec(reason)?.[1] ?? '';
  if (!isOneOfInput(type)) return reason;
  const keys = oneOfInputs[type].map((key) => `"${key}"`).join(' and ');
  return `exactly one of ${keys} must be given for "${type}"; leave the other out, null counts as given.`;
}
