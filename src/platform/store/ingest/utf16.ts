/** A byte that no UTF-8 has: whoever reads on finds the row at fault. */
const broken = Buffer.from([0xff]);

/**
 * Makes UTF-16 without its mark into UTF-8, chunk by chunk; called without one at the end. Half of a character, in the text
 * or at its end, becomes a byte that is no UTF-8 rather than another character in its place.
 */
export function utf16Reader(isBigEndian: boolean): (chunk?: Buffer) => Buffer<ArrayBuffer> {
  let rest = Buffer.alloc(0);
  return (chunk) => {
    if (chunk === undefined) return rest.length > 0 ? broken : rest;
    const bytes = Buffer.concat([rest, chunk]);
    const end = endOfWhole(bytes, isBigEndian);
    rest = bytes.subarray(end);
    const units = Buffer.from(bytes.subarray(0, end));
    if (isBigEndian) units.swap16();
    return toUtf8(units.toString('utf16le'));
  };
}

/** Where the last character ends that is whole; the other half of a pair may be in the next chunk. */
function endOfWhole(bytes: Buffer, isBigEndian: boolean): number {
  const end = bytes.length - (bytes.length % 2);
  const last = end === 0 ? 0 : isBigEndian ? bytes.readUInt16BE(end - 2) : bytes.readUInt16LE(end - 2);
  return last >= 0xd800 && last < 0xdc00 ? end - 2 : end;
}

function toUtf8(text: string): Buffer<ArrayBuffer> {
  const [first = '', ...others] = text.split(/\p{Surrogate}/u);
  if (others.length === 0) return Buffer.from(first);
  return Buffer.concat([Buffer.from(first), ...others.flatMap((piece) => [broken, Buffer.from(piece)])]);
}
