const quote = '"';

/**
 * The same JSON with the last of several values that stand under one key of an object, as `JSON.parse` would have it; the
 * engine would take the first. Values stay as they are written, so no number loses a digit.
 */
export function withoutRepeatedKeys(json: string): string {
  const reader = { json, at: 0 };
  const text = readValue(reader);
  return text + json.slice(reader.at);
}

interface Reader {
  readonly json: string;
  at: number;
}

function readValue(reader: Reader): string {
  skipBlanks(reader);
  switch (reader.json[reader.at]) {
    case '{':
      return readObject(reader);
    case '[':
      return readList(reader);
    case quote:
      return readText(reader);
    default:
      return readWord(reader);
  }
}

function readObject(reader: Reader): string {
  const members = new Map<string, string>();
  reader.at += 1;
  for (;;) {
    skipBlanks(reader);
    const character = reader.json[reader.at];
    if (character === undefined || character === '}') break;
    if (character === ',') {
      reader.at += 1;
      continue;
    }
    const key = readText(reader);
    skipBlanks(reader);
    reader.at += 1;
    const name = JSON.parse(key) as string;
    // The place of the first, the value of the last.
    members.set(name, readValue(reader));
  }
  reader.at += 1;
  return `{${[...members].map(([name, value]) => `${JSON.stringify(name)}:${value}`).join(',')}}`;
}

function readList(reader: Reader): string {
  const items: string[] = [];
  reader.at += 1;
  for (;;) {
    skipBlanks(reader);
    const character = reader.json[reader.at];
    if (character === undefined || character === ']') break;
    if (character === ',') reader.at += 1;
    else items.push(readValue(reader));
  }
  reader.at += 1;
  return `[${items.join(',')}]`;
}

function readText(reader: Reader): string {
  const { json, at: start } = reader;
  let at = start + 1;
  while (at < json.length && json[at] !== quote) at += json[at] === '\\' ? 2 : 1;
  reader.at = at + 1;
  return json.slice(start, at + 1);
}

function readWord(reader: Reader): string {
  const { json, at: start } = reader;
  let at = start + 1;
  while (at < json.length && !/[\s,\]}]/u.test(json[at] ?? '')) at += 1;
  reader.at = at;
  return json.slice(start, at);
}

function skipBlanks(reader: Reader): void {
  while (/\s/u.test(reader.json[reader.at] ?? '')) reader.at += 1;
}
