import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate } from 'node:zlib';
import { parseJson } from '../lib/parse-json';
import { checkDepth } from '../templates/check';

/** A body as a template reads it: parsed where it is JSON, else text, null where there is none. */
export type BodyReading =
  { readonly kind: 'read'; readonly body: unknown } | { readonly kind: 'unreadable'; readonly why: string };

const decoders = {
  gzip: promisify(gunzip),
  'x-gzip': promisify(gunzip),
  deflate: promisify(inflate),
  br: promisify(brotliDecompress),
} as const;

/** Reads a whole body that came with these headers; what it decodes to is bounded like the body itself. */
export async function readBody(
  raw: Buffer,
  headers: { readonly type: string; readonly encoding: string; readonly mostBytes: number },
): Promise<BodyReading> {
  const encoding = headers.encoding.trim().toLowerCase();
  if (encoding === '' || encoding === 'identity') return readText(raw.toString('utf8'), headers.type);
  if (!isKnown(encoding)) return { kind: 'unreadable', why: 'is encoded in a way that is not understood' };
  try {
    const decoded = await decoders[encoding](raw, { maxOutputLength: headers.mostBytes });
    return readText(decoded.toString('utf8'), headers.type);
  } catch {
    return { kind: 'unreadable', why: 'cannot be decoded, or is too large' };
  }
}

/** Some destinations send JSON under another name, so that every text is tried. */
function readText(text: string, type: string): BodyReading {
  if (text.trim() === '') return { kind: 'read', body: null };
  let body: unknown;
  try {
    body = parseJson(text);
  } catch {
    const isJson = /^application\/(?:[\w.-]+\+)?json\b/i.test(type.trim());
    return isJson
      ? { kind: 'unreadable', why: 'says that it is JSON and is none' }
      : { kind: 'read', body: text };
  }
  return checkDepth(body).length > 0
    ? { kind: 'unreadable', why: 'is nested too deep' }
    : { kind: 'read', body };
}

function isKnown(encoding: string): encoding is keyof typeof decoders {
  return Object.hasOwn(decoders, encoding);
}
