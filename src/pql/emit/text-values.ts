import { instantSql } from './instant-sql';

/** The same texts that `check/` takes for numbers, times and truth. No match is the empty text, which is none of them. */
const numberPattern = String.raw`^[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?$`;
const truthPattern = '^(true|false)$';
const year = '([1-9][0-9]{3}|0[1-9][0-9]{2}|00[1-9][0-9]|000[1-9])';
const zone = '([Zz]|[+-]([01][0-9]|2[0-3]):?[0-5][0-9])';
const timeOfDay = String.raw`([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\.[0-9]{1,9})?)?`;
const timePattern = `^${year}-[0-9]{2}-[0-9]{2}([Tt ]${timeOfDay}${zone}?)?$`;

/** SQL of the number that a text is, null where it is none. */
export function numberOfText(text: string): string {
  return `TRY_CAST(regexp_extract(${text}, '${numberPattern}') AS DOUBLE)`;
}

/** SQL of the boolean that a text is, null where it is none. */
export function truthOfText(text: string): string {
  return `TRY_CAST(regexp_extract(${text}, '${truthPattern}') AS BOOLEAN)`;
}

/**
 * SQL of the TIMESTAMP that a text is, to the millisecond; null where it is none. The engine minds a zone in a
 * TIMESTAMPTZ only, and knows neither small letters nor a zone behind minutes.
 */
export function timeOfText(text: string): string {
  const upper = `upper(regexp_extract(${text}, '${timePattern}'))`;
  const toMilliseconds = String.raw`regexp_replace(${upper}, '(\.[0-9]{3})[0-9]+', '\1')`;
  const withSeconds = String.raw`regexp_replace(${toMilliseconds}, '^(.{16})(Z|[+-].*)?$', '\1:00\2')`;
  return instantSql(text, withSeconds);
}

/** SQL of a number as people write it, and as JavaScript does: 5, not 5.0; 0, not -0; 0.00001 and 1e-7; 1e16 in full, not 1e21. */
export function textOfNumber(number: string): string {
  const replacements = [
    [String.raw`\.0$`, ''],
    [String.raw`^(-?)([0-9])\.?([0-9]*)e-05$`, String.raw`\10.0000\2\3`],
    [String.raw`^(-?)([0-9])\.?([0-9]*)e-06$`, String.raw`\10.00000\2\3`],
    ['e-0', 'e-'],
    ...inFull,
  ] as const;
  return replacements.reduce(
    (text, [pattern, replacement]) => `regexp_replace(${text}, '${pattern}', '${replacement}')`,
    `CAST(${number} + 0 AS VARCHAR)`,
  );
}

/** More zeros than are needed and a mark, then as many digits as the exponent, now behind the mark, says. */
const inFull = [
  [String.raw`^(-?[0-9])\.?([0-9]*)e\+(1[6-9]|20)$`, String.raw`\1\2${'0'.repeat(20)}#\3`],
  ...[16, 17, 18, 19, 20].map(
    (exponent) => [`^(-?[0-9]{${exponent + 1}})0*#${exponent}$`, String.raw`\1`] as const,
  ),
] as const;
