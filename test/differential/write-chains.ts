import { insideItem } from './rule-scope';
import type { RuleWriter, Spot } from './rule-writer';
import { deeper } from './rule-writer';
import { writeTail } from './write-occurs';

/** `chain(list, time, [A: WHAT(…) WHEN(…) COUNT(…), …])`. */
export function writeChain(writer: RuleWriter, spot: Spot): string {
  const { choices } = writer;
  const list = choices.one([
    'xEvent',
    'xEvent',
    'xEvent',
    'xEvent[product = "red" or product.isNull()]',
    '$1._acme.stays',
  ]);
  const ofStays = list.endsWith('stays');
  const item = ofStays ? stayOf(spot) : spot.scope.world.event;
  const inside: Spot = deeper(spot, insideItem(spot.scope, item));
  const count = choices.one([1, 1, 2, 2, 3]);
  const names = ['A', 'B', 'C'].slice(0, count);
  const elements = names.map((name, index) => {
    const earlier = names.slice(0, index);
    const what = writer.test({ ...inside, depth: Math.min(inside.depth - 1, 1) });
    return `${name}: ${choices.one(['WHAT', 'what'])}(${what})${clauses(writer, inside, { earlier, isLast: index === count - 1 })}`;
  });
  return `${choices.one(['chain', 'CHAIN'])}(${list}, ${ofStays ? 'at' : 'timestamp'}, [${elements.join(', ')}])`;
}

function stayOf({ scope }: Spot): Spot['scope']['frames'][number] {
  const own = scope.world.profile.fields['_acme'];
  const stays = own?.kind === 'object' ? own.fields['stays'] : undefined;
  if (stays?.kind !== 'array') throw new Error('The world has stays');
  return stays.items;
}

function clauses(
  writer: RuleWriter,
  inside: Spot,
  { earlier, isLast }: { readonly earlier: readonly string[]; readonly isLast: boolean },
): string {
  const { choices } = writer;
  const parts: string[] = [];
  if (choices.oneIn(earlier.length > 0 ? 2 : 4)) parts.push(` WHEN(${writeTail(writer, inside, earlier)})`);
  if (choices.oneIn(5)) parts.push(` WHERE(${writer.test({ ...inside, depth: 0 })})`);
  if (choices.oneIn(4)) {
    const counts = ['1', '2', '2', '3', '>= 2', '> 1'];
    parts.push(` COUNT(${choices.one(isLast ? [...counts, '= 2', '= 1'] : counts)})`);
  }
  return parts.join('');
}
