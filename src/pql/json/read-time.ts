import type { ComparisonOperator, Direction, NamedTime, OccursTail, TimeReference } from '../ast';
import { nearestName } from '../../lib/nearest-name';
import type { TimeUnit } from '../words';
import { timeUnitOf } from '../words';
import { child, nodeTypeOf } from './place';
import type { Place, Reader } from './reader';
import { nowhere } from './reader';
import type { Scope } from './scope';

const forms = ['distance', 'direction', 'between', 'on'] as const;
const comparisons: readonly ComparisonOperator[] = ['=', '!=', '<', '<=', '>', '>='];
const directions: readonly Direction[] = ['before', 'after', 'from'];
const namedTimes: readonly NamedTime[] = ['now', 'today', 'yesterday', 'tomorrow'];
const calendarWords = ['this', 'last', 'next'] as const;

/** A timeConstraint; any other node is a time to be on. */
export function readTimeConstraint(place: Place, scope: Scope, reader: Reader): OccursTail {
  const reference = (name: string): TimeReference => readReference(child(place, name), scope, reader);
  if (nodeTypeOf(place) !== 'timeConstraint') {
    return { form: 'on', reference: readReference(place, scope, reader) };
  }
  const form = reader.readWord(child(place, 'form'), forms);
  switch (form) {
    case 'distance':
      return {
        form,
        operator: reader.readWord(child(place, 'comparison'), comparisons),
        amount: reader.readValue(child(place, 'amount'), scope),
        unit: readUnit(child(place, 'unit'), reader),
        direction: reader.readWord(child(place, 'direction'), directions),
        reference: reference('ref'),
      };
    case 'direction': {
      const direction = reader.readWord(child(place, 'direction'), directions);
      return { form, direction, reference: reference('ref') };
    }
    case 'between':
      return { form, first: reference('ref'), last: reference('ref2') };
    case 'on':
      return { form, reference: reference('ref') };
  }
}

function readReference(place: Place, scope: Scope, reader: Reader): TimeReference {
  if (nodeTypeOf(place) !== 'timeRef') {
    return { kind: 'value', span: nowhere, value: reader.readNode(place, scope) };
  }
  const kind = reader.readWord(child(place, 'kind'), [...namedTimes, ...calendarWords]);
  if (kind !== 'this' && kind !== 'last' && kind !== 'next') return { kind, span: nowhere };
  return { kind: 'calendar', span: nowhere, which: kind, unit: readUnit(child(place, 'unit'), reader) };
}

/** In the singular or the plural, in any case of letters. */
function readUnit(place: Place, reader: Reader): TimeUnit {
  const word = typeof place.value === 'string' ? place.value.toLowerCase() : '';
  const unit = timeUnitOf(word);
  if (unit === undefined) reader.unknown(place, 'this unit of time', nearestName(word, ['days', 'hours']));
  return unit ?? 'day';
}
