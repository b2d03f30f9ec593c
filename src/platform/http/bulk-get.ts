import { bulkGetBody } from '../../wire/common.request';
import type { BulkGetAnswerWire } from '../../wire/common.wire';
import { idPattern } from '../../wire/common.wire';
import { Refusal } from './refusal';
import type { Call } from './resource';

/** Documented for audiences; every bulk-get here holds to it. */
export const maxIds = 100;

interface BulkGet<Record, Wire> {
  readonly load: (ids: readonly string[]) => Promise<readonly Record[]>;
  readonly toWire: (record: Record) => Wire & { readonly id: string };
}

/** Answers 207 with what was found, keyed by id; ids that are unknown are absent (quirk M7). */
export async function answerBulkGet<Record, Wire>(
  call: Call,
  { load, toWire }: BulkGet<Record, Wire>,
): Promise<BulkGetAnswerWire<Wire>> {
  const ids = call.body(bulkGetBody);
  if (ids.length === 0 || ids.length > maxIds) {
    throw tooManyIds();
  }
  const records = await load([...new Set(ids)].filter((id) => idPattern.test(id)));
  call.reply.code(207);
  return {
    results: Object.fromEntries(records.map((record) => toWire(record)).map((wire) => [wire.id, wire])),
  };
}

/** Also for none at all. */
export function tooManyIds(): Refusal {
  const message = `The number of requested IDs is invalid. Cannot be 0 or exceed ${maxIds}.`;
  return new Refusal({ status: 400, code: 'UPAPI-113015-400', message });
}
