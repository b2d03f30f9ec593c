/** Units of time by each spelling that PQL takes. */
const unitSpellings = {
  millisecond: ['millisecond', 'milliseconds'],
  second: ['second', 'seconds'],
  minute: ['minute', 'minutes'],
  hour: ['hour', 'hours'],
  day: ['day', 'days'],
  week: ['week', 'weeks'],
  month: ['month', 'months'],
  year: ['year', 'years'],
  decade: ['decade', 'decades'],
  century: ['century', 'centuries'],
  // An older document spells it with one n.
  millennium: ['millennium', 'millennia', 'millenium', 'millenia'],
} as const;

export type TimeUnit = keyof typeof unitSpellings;

const unitsByWord: ReadonlyMap<string, TimeUnit> = new Map(
  (Object.keys(unitSpellings) as TimeUnit[]).flatMap((unit) =>
    unitSpellings[unit].map((word): [string, TimeUnit] => [word, unit]),
  ),
);

/** The unit that a word names, in the singular or the plural. */
export function timeUnitOf(word: string): TimeUnit | undefined {
  return unitsByWord.get(word);
}

/** Words that stand between two parts: found where a value should begin, a value is missing. */
const joining = ['and', 'or', 'in', 'notIn', 'like', 'matches', 'occurs', 'on', 'between'].concat(
  ...['before', 'after', 'from', 'where', 'over'],
);

const keywords = [
  ...joining,
  ...['not', 'select', 'exists', 'forall', 'sum', 'average', 'min', 'max', 'let', 'if'],
  ...['this', 'last', 'next', 'now', 'today', 'yesterday', 'tomorrow', 'true', 'false', 'null'],
];

const reserved: ReadonlySet<string> = new Set([...keywords, ...unitsByWord.keys()]);

/** Words that a value may begin with; in capitals they are not taken for attributes. */
const opening = ['not', 'select', 'exists', 'forall', 'let', 'true', 'false', 'null'];

/** True of words that cannot be a bare name; after a dot every word can. */
export function isReservedWord(word: string): boolean {
  return reserved.has(word) || opening.includes(word.toLowerCase());
}

/** Every spelling of every unit. */
export const unitWords: readonly string[] = [...unitsByWord.keys()];

const timeWords = ['now', 'today', 'yesterday', 'tomorrow', 'this', 'last', 'next'];

/** True of words that stand for a time, after `occurs` only. */
export function isTimeWord(word: string): boolean {
  return timeWords.includes(word);
}

/** True of words that join two parts, such as `and`. */
export function isJoiningWord(word: string): boolean {
  return joining.includes(word);
}

/** The word that was meant where only the case of letters is wrong, e.g. `and` for `AND`. */
export function wordInLowerCase(word: string): string | undefined {
  const lower = word.toLowerCase();
  if (lower === 'notin') return word === 'notIn' ? undefined : 'notIn';
  return lower !== word && reserved.has(lower) ? lower : undefined;
}
