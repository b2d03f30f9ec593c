import { constants, gunzipSync } from 'node:zlib';

/** How the rows of a file are written; `json` is one list, or objects over many lines. */
export const importFormats = ['ndjson', 'json', 'csv', 'parquet'] as const;
export type ImportFormat = (typeof importFormats)[number];

/** What the platform is told of a format. Source: Adobe's Batch Ingestion API, `inputFormat`. */
export function inputFormatOf(format: ImportFormat): { format: string; isMultiLineJson?: boolean } {
  if (format === 'csv' || format === 'parquet') return { format };
  return { format: 'json', isMultiLineJson: format === 'json' };
}

/** What a row is called where people read of it. */
export const rowWords: Readonly<Record<ImportFormat, string>> = {
  ndjson: 'line',
  json: 'element',
  csv: 'line',
  parquet: 'row',
};

/**
 * Tells the format of a file from its first bytes, which win, and its name. Gzip and UTF-16 are looked through.
 * @returns undefined where neither says it.
 */
export function detectFormat(name: string, head: Buffer): ImportFormat | undefined {
  const plain = unpack(head);
  if (plain.subarray(0, 4).toString('latin1') === 'PAR1') return 'parquet';
  const text = decode(plain).trimStart();
  const extension = /\.([a-z]+)(?:\.gz)?$/iu.exec(name)?.[1]?.toLowerCase() ?? '';
  const named = byExtension[extension];
  if (text.startsWith('[')) return 'json';
  if (text.startsWith('{')) return isWholeLine(text) ? 'ndjson' : 'json';
  return named ?? (identityColumn.test(text.slice(0, 100_000).split('\n')[0] ?? '') ? 'csv' : undefined);
}

/** The first line of every CSV file that can be imported names an identity. */
const identityColumn = /(?:identityMap\.|identities\[|endUserIDs\._experience\.)/u;

const byExtension: Readonly<Record<string, ImportFormat>> = {
  ndjson: 'ndjson',
  jsonl: 'ndjson',
  json: 'ndjson',
  csv: 'csv',
  tsv: 'csv',
  parquet: 'parquet',
};

/** True where the first row has the fields `timestamp` and `eventType`, as events have. Of Parquet nothing is told. */
export function looksLikeEvents(head: Buffer, format: ImportFormat): boolean {
  if (format === 'parquet') return false;
  const text = decode(unpack(head)).trimStart();
  const names = format === 'csv' ? columnsOf(text) : namesOfFirstObject(text);
  return names.includes('timestamp') && names.includes('eventType');
}

function columnsOf(text: string): readonly string[] {
  const line = text.split('\n', 1)[0] ?? '';
  return line.split(/[,;\t|]/).map((name) =>
    name
      .replace(/^\ufeff/, '')
      .trim()
      .replaceAll('"', ''),
  );
}

/** The names at the top of the first object, as far as the text goes. */
function namesOfFirstObject(text: string): readonly string[] {
  const names: string[] = [];
  const first = text.indexOf('{');
  let depth = 0;
  for (const [token] of text.slice(Math.max(first, 0)).matchAll(/"(?:[^"\\]|\\.)*"(?:\s*:)?|[{}[\]]/g)) {
    if (token === '{' || token === '[') depth += 1;
    else if (token === '}' || token === ']') depth -= 1;
    else if (depth === 1 && token.endsWith(':')) names.push(token.slice(1, token.lastIndexOf('"')));
    if (depth === 0) break;
  }
  return names;
}

/** True of the beginning of a gzip file that cannot be unpacked as far as it goes. */
export function isDamagedGzip(head: Buffer): boolean {
  return isGzip(head) && unpack(head) === head;
}

function isGzip(head: Buffer): boolean {
  return head[0] === 0x1f && head[1] === 0x8b;
}

function unpack(head: Buffer): Buffer {
  if (!isGzip(head)) return head;
  try {
    // The head ends in the middle of the file: that is no fault.
    return gunzipSync(head, { finishFlush: constants.Z_SYNC_FLUSH });
  } catch {
    return head;
  }
}

function decode(head: Buffer): string {
  if (head[0] === 0xff && head[1] === 0xfe) return new TextDecoder('utf-16le').decode(head);
  if (head[0] === 0xfe && head[1] === 0xff) return new TextDecoder('utf-16be').decode(head);
  return new TextDecoder().decode(head);
}

/** True where the first line can be one object: an object that is laid out over lines ends its first one early. */
function isWholeLine(text: string): boolean {
  const end = text.indexOf('\n');
  const line = (end === -1 ? text : text.slice(0, end)).trim();
  return end === -1 || !/^\{\s*$|[,[{:]$/u.test(line);
}
