import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { ReadsTooSlowly } from '../../../src/errors/reads-too-slowly';
import { ChangeStream } from '../../../src/subscriptions/change-stream';
import { fc } from '../../support/fast-check';

/** What is told of a thing: a step of it, or a word about everything. */
interface Change {
  readonly of: string | null;
  readonly what: 'step' | 'status' | 'end' | 'anew';
  readonly number: number;
  /** Where one goes on who has heard this. */
  readonly place: number;
}

/** A reader, and what he was told by one who tells how things stand by `anew` alone. */
class Reader {
  readonly heard: Change[] = [];
  readonly stream = new ChangeStream<Change>({
    start: () => undefined,
    release: () => undefined,
    keyOf: ({ of }) => of,
    replaces: (next, unread) => next.what === 'step' && unread.what === 'step',
    inPlaceOf: (next, { place }) => ({ ...next, place }),
    isKept: ({ what }) => what === 'end',
    tellAnew: (stream, kept) => {
      stream.pushAll([{ of: null, what: 'anew', number: 0, place: 0 }, ...kept]);
    },
  });

  /** Reads so many, or all that is there. */
  read(count = Infinity): void {
    for (let at = 0; at < count; at += 1) {
      const step = this.stream.take();
      if (step === null || step.done === true) return;
      this.heard.push(step.value);
    }
  }
}

let place = 0;
const tell = (of: string, what: 'step' | 'status' | 'end', number = 0): Change => ({
  of,
  what,
  number,
  place: (place += 1),
});

const words = (changes: readonly Change[]): string[] =>
  changes.map(({ of, what, number }) => (of === null ? what : `${of} ${what} ${String(number)}`));

describe('what waits for a slow reader', () => {
  it('holds one step of each thing, where the first stood, unless a status lies between', () => {
    const reader = new Reader();
    const told = [
      tell('a', 'step', 1),
      tell('b', 'step', 1),
      tell('a', 'step', 2),
      tell('b', 'status', 2),
      tell('b', 'step', 3),
      tell('a', 'step', 3),
      tell('b', 'step', 4),
    ];
    for (const change of told) reader.stream.push(change);
    reader.read();
    expect(words(reader.heard)).toEqual(['a step 3', 'b step 1', 'b status 2', 'b step 4']);
  });

  it('never says that more was heard than was', () => {
    const told = fc.array(
      fc.record({
        of: fc.constantFrom('a', 'b', 'c'),
        what: fc.constantFrom('step' as const, 'step' as const, 'status' as const),
        reads: fc.nat(2),
      }),
      { maxLength: 60 },
    );
    fc.assert(
      fc.property(told, (each) => {
        const [slow, quick] = [new Reader(), new Reader()];
        each.forEach(({ of, what, reads }, number) => {
          const change = { of, what, number, place: number };
          for (const { stream } of [slow, quick]) stream.push(change);
          quick.read();
          slow.read(reads);
        });
        slow.read();
        const places = slow.heard.map((change) => change.place);
        expect(places).toEqual(places.toSorted((one, other) => one - other));
        for (const thing of ['a', 'b', 'c']) {
          const ofThis = (changes: readonly Change[]): readonly Change[] =>
            changes.filter(({ of }) => of === thing);
          // What a quick reader hears, with steps left out; the last word is the same.
          const numbers = ofThis(slow.heard).map(({ number }) => number);
          const quickly = ofThis(quick.heard);
          expect(numbers).toEqual(numbers.toSorted((one, other) => one - other));
          expect(numbers.at(-1)).toBe(quickly.at(-1)?.number);
          expect(words(ofThis(slow.heard).filter(({ what }) => what !== 'step'))).toEqual(
            words(quickly.filter(({ what }) => what !== 'step')),
          );
        }
      }),
    );
  });

  it('is one step of each of many things, however long he does not read', () => {
    const reader = new Reader();
    for (let round = 0; round < 50; round += 1)
      for (let of = 0; of < 900; of += 1) reader.stream.push(tell(String(of), 'step', round));
    reader.read();
    expect(reader.heard).toHaveLength(900);
    expect(new Set(reader.heard.map(({ number }) => number))).toEqual(new Set([49]));
  });
});

describe('one for whom too much waits', () => {
  const flood = (reader: Reader, count: number): void => {
    for (let of = 0; of < count; of += 1)
      reader.stream.push(tell(String(of), of % 100 === 0 ? 'end' : 'status'));
  };

  it('hears anew how things stand, and each end', () => {
    const reader = new Reader();
    flood(reader, 5_000);
    reader.read();
    expect(words(reader.heard)).toEqual([
      'anew',
      ...Array.from({ length: 50 }, (_, at) => `${at * 100} end 0`),
    ]);
    reader.stream.push(tell('a', 'status', 7));
    reader.read();
    expect(words(reader.heard).at(-1)).toBe('a status 7');
  });

  it('hears it before his stream ends', () => {
    const reader = new Reader();
    flood(reader, 5_000);
    reader.stream.end();
    reader.read();
    expect(words(reader.heard).slice(0, 2)).toEqual(['anew', '0 end 0']);
  });

  it('hears all that he begins with, however much it is', () => {
    const reader = new Reader();
    const beginning = Array.from({ length: 3_000 }, (_, of) => tell(String(of), 'status'));
    reader.stream.pushAll(beginning);
    reader.stream.push(tell('a', 'status', 7));
    reader.read();
    expect(reader.heard).toHaveLength(3_001);
  });

  it('is ended by an error where he does not read what is never dropped', () => {
    const reader = new Reader();
    for (let of = 0; of < 20_000; of += 1) reader.stream.push(tell(String(of), 'end'));
    expect(() => reader.stream.take()).toThrow(ReadsTooSlowly);
  });

  it('costs next to nothing, though there are a thousand like him', () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const heapBytes = (): number => {
      collect();
      return process.memoryUsage().heapUsed;
    };
    const readers = Array.from({ length: 1_000 }, () => new Reader());
    const before = heapBytes();
    for (let of = 0; of < 5_000; of += 1) {
      const change = tell(String(of), of % 100 === 0 ? 'end' : 'status');
      for (const { stream } of readers) stream.push(change);
    }
    expect(heapBytes() - before).toBeLessThan(10 * 1024 * 1024);
    for (const reader of readers) reader.read();
    expect(readers.every(({ heard }) => heard.length === 51)).toBe(true);
  });
});
