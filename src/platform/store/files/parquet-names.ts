import { open } from 'node:fs/promises';

/** Ends the names of fields whose own names the engine could not tell apart, as `xdm/columns.ts` makes them. */
const suffix = /~\d+$/u;

const tailBytes = 8;

/**
 * Gives the fields of a Parquet file their own names: the engine takes `birthDate` and `birthdate` for one, so it writes
 * `birthdate~2`. Only the names in the footer change, which is the end of the file; no offset leads behind it.
 *
 * Source: apache/parquet-format, `parquet.thrift` (FileMetaData), and Thrift's compact protocol.
 */
export async function restoreNames(path: string): Promise<void> {
  const file = await open(path, 'r+');
  try {
    const { size } = await file.stat();
    const tail = Buffer.alloc(tailBytes);
    await file.read(tail, 0, tailBytes, size - tailBytes);
    const length = tail.readUInt32LE(0);
    const footer = Buffer.alloc(length);
    await file.read(footer, 0, length, size - tailBytes - length);
    const renamed = renameIn(footer);
    if (renamed === undefined) return;
    tail.writeUInt32LE(renamed.length, 0);
    const start = size - tailBytes - length;
    await file.write(Buffer.concat([renamed, tail]), 0, renamed.length + tailBytes, start);
    await file.truncate(start + renamed.length + tailBytes);
  } finally {
    await file.close();
  }
}

/** The footer with own names; undefined where all are own already. */
function renameIn(footer: Buffer): Buffer | undefined {
  const pieces: Buffer[] = [];
  let copied = 0;
  const walk = new Walk(footer, (start, end, name) => {
    const own = Buffer.from(name.replace(suffix, ''));
    pieces.push(footer.subarray(copied, start), varint(own.length), own);
    copied = end;
  });
  walk.struct('');
  return copied === 0 ? undefined : Buffer.concat([...pieces, footer.subarray(copied)]);
}

/** Where names stand, as the numbers of the fields that lead there: of the schema, and of each column's path in it. */
const namePlaces: ReadonlySet<string> = new Set(['.2.4', '.4.1.3.3']);

const kinds = {
  true: 1,
  false: 2,
  byte: 3,
  short: 4,
  int: 5,
  long: 6,
  double: 7,
  binary: 8,
  list: 9,
  set: 10,
  map: 11,
  struct: 12,
};

/** Goes through a value of Thrift's compact protocol. */
class Walk {
  readonly #bytes: Buffer;
  readonly #onName: (start: number, end: number, name: string) => void;
  #at = 0;

  constructor(bytes: Buffer, onName: (start: number, end: number, name: string) => void) {
    this.#bytes = bytes;
    this.#onName = onName;
  }

  struct(place: string): void {
    let id = 0;
    for (let header = this.#byte(); header !== 0; header = this.#byte()) {
      const step = header >> 4;
      if (step === 0) {
        const coded = this.#varint();
        id = (coded >>> 1) ^ -(coded & 1);
      } else id += step;
      const kind = header & 0x0f;
      // In a field the two booleans are kinds without a value.
      if (kind !== kinds.true && kind !== kinds.false) this.#value(kind, `${place}.${id}`);
    }
  }

  #value(kind: number, place: string): void {
    switch (kind) {
      case kinds.true:
      case kinds.false:
      case kinds.byte:
        this.#at += 1;
        return;
      case kinds.short:
      case kinds.int:
      case kinds.long:
        this.#skipVarint();
        return;
      case kinds.double:
        this.#at += 8;
        return;
      case kinds.binary:
        this.#binary(place);
        return;
      case kinds.list:
      case kinds.set:
        this.#list(place);
        return;
      case kinds.map:
        this.#map(place);
        return;
      case kinds.struct:
        this.struct(place);
        return;
      default:
        throw new Error(`The footer of a Parquet file holds a value of the unknown kind ${kind}.`);
    }
  }

  #binary(place: string): void {
    const start = this.#at;
    const length = this.#varint();
    const end = this.#at + length;
    if (namePlaces.has(place)) {
      const name = this.#bytes.toString('utf8', this.#at, end);
      if (suffix.test(name)) this.#onName(start, end, name);
    }
    this.#at = end;
  }

  #list(place: string): void {
    const header = this.#byte();
    const size = header >> 4 === 15 ? this.#varint() : header >> 4;
    for (let index = 0; index < size; index += 1) this.#value(header & 0x0f, place);
  }

  #map(place: string): void {
    const size = this.#varint();
    if (size === 0) return;
    const header = this.#byte();
    for (let index = 0; index < size; index += 1) {
      this.#value(header >> 4, place);
      this.#value(header & 0x0f, place);
    }
  }

  #byte(): number {
    const byte = this.#bytes[this.#at];
    if (byte === undefined) throw new Error('The footer of a Parquet file ends too early.');
    this.#at += 1;
    return byte;
  }

  /** Sizes and numbers of fields: they fit into 32 bits. */
  #varint(): number {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.#byte();
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value >>> 0;
    }
  }

  #skipVarint(): void {
    while (this.#byte() >= 0x80);
  }
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let left = value;
  for (; left >= 0x80; left >>>= 7) bytes.push((left & 0x7f) | 0x80);
  return Buffer.from([...bytes, left]);
}
