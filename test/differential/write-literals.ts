import type { ScalarDomain } from './domain';
import type { Kind } from './rule-scope';
import { insideItem, kindOf } from './rule-scope';
import type { Listing, RuleWriter, Spot } from './rule-writer';

/** A literal out of a domain; a time as a day, or as a call that says when. */
export function literalOf({ choices }: RuleWriter, domain: ScalarDomain): string {
  const value = choices.one(domain.values);
  if (kindOf(domain) !== 'time') return typeof value === 'string' ? JSON.stringify(value) : String(value);
  const date = new Date(String(value));
  return `date(${date.getUTCFullYear()}, ${date.getUTCMonth() + 1}, ${date.getUTCDate()})`;
}

/** What a variable of a kind may be taken for. */
export function domainOf(kind: Kind): ScalarDomain {
  switch (kind) {
    case 'number':
      return { kind: 'number', values: [0, 1, 2] };
    case 'text':
      return { kind: 'string', values: ['red', 'US', ''] };
    case 'boolean':
      return { kind: 'boolean', values: [true, false] };
    case 'time':
      return { kind: 'datetime', values: ['2024-02-29T00:00:00.000Z'] };
  }
}

/** `list.topN(value, n)`. */
export function orderedBy(writer: RuleWriter, list: Listing, spot: Spot): string {
  const { choices } = writer;
  const key = writer.value(
    choices.one(['number', 'number', 'time']),
    { scope: insideItem(spot.scope, list.items), depth: 0 },
    false,
  );
  return `${list.text}.${choices.one(['topN', 'bottomN'])}(${key}, ${choices.one([0, 1, 2, 3])})`;
}
