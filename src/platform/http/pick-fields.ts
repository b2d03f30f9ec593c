type Entity = Readonly<Record<string, unknown>>;

/** Dotted paths; one that names an object takes the whole of it. A path that leads nowhere adds nothing. */
export function pickFields(entity: Entity, fields: readonly string[]): Record<string, unknown> {
  const picked: Record<string, unknown> = {};
  const byHead = new Map<string, string[]>();
  for (const field of fields) {
    const [head = '', ...rest] = field.trim().split('.');
    byHead.set(head, [...(byHead.get(head) ?? []), rest.join('.')]);
  }
  for (const [head, rests] of byHead) {
    if (!Object.hasOwn(entity, head)) continue;
    picked[head] = rests.includes('') ? entity[head] : pickWithin(entity[head], rests);
  }
  return picked;
}

function pickWithin(value: unknown, fields: readonly string[]): unknown {
  if (Array.isArray(value)) return value.map((item: unknown) => pickWithin(item, fields));
  if (typeof value !== 'object' || value === null) return value;
  return pickFields(value as Entity, fields);
}
