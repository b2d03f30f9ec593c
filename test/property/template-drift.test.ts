import { audienceTemplateList } from '../fixtures/adobe/bodies';
import { currentTemplates } from '../fixtures/adobe/current-templates';
import { UpstreamInvalidResponse } from '../../src/errors/upstream-error';
import { toAudienceTemplate, toWrittenTemplate } from '../../src/mapping/audience-template.mapping';
import { inDialect, showInDialect } from '../../src/templates/show';
import type { AnyAudienceTemplateWire } from '../../src/wire/audience-template.wire';
import { examples, fc } from '../support/fast-check';

type Step = string | number;

const listed = [{ header: 'Content-Type', value: 'a/b' }];
/** A value of every JSON type, and what one model has in the other one's place. */
const strangers: readonly unknown[] = [
  ...['', 'Zarr', 7, true, null, [], ['Zarr'], [null], {}, { x: { y: 1 } }, { x: null }],
  ...[listed, { 'Content-Type': 'a/b' }, [{ name: 'a', value: 'b' }], { json: [1] }, { params: [] }],
];
/** Members that only one of the models has, and the like in the other. */
const names = [
  ...['uri', 'url', 'method', 'httpMethod', 'headers', 'params', 'body', 'requestBody', 'schemaMap'],
  ...['errorSchemaMap', 'responseFields', 'responseErrorFields', 'validations', 'host', 'create', 'notify'],
];

const bodies: readonly AnyAudienceTemplateWire[] = [
  ...(audienceTemplateList as unknown as AnyAudienceTemplateWire[]),
  ...Object.values(currentTemplates).map((body) => ({ instanceId: 't1', ...body })),
];
const places = bodies.flatMap((body) => recordsOf(body).map((path) => ({ body, path })));
const memberPlaces = bodies.flatMap((body) =>
  recordsOf(body).flatMap((path) =>
    Object.keys(memberAt(body, path) as object)
      .filter((name) => name !== 'instanceId')
      .map((name) => ({ body, path, name })),
  ),
);

/** Whatever is done with a template ends with it, or with an error that says what cannot be read. */
function expectRead(wire: AnyAudienceTemplateWire): void {
  expect(typeof toAudienceTemplate(wire).id).toBe('string');
  try {
    const written = toWrittenTemplate(wire);
    for (const dialect of ['A', 'B'] as const) {
      inDialect(written, dialect);
      showInDialect(written, dialect);
    }
  } catch (error) {
    expect(error).toBeInstanceOf(UpstreamInvalidResponse);
  }
}

describe('a template of an upstream that drifts', () => {
  it('is read whichever member is of another type', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...memberPlaces),
        fc.constantFrom(...strangers),
        ({ body, path, name }, stranger) =>
          expectRead(changed(body, [...path, name], stranger) as AnyAudienceTemplateWire),
      ),
      examples(200),
    );
  });

  it('is read whichever members are lost, added or called as in the other model', () => {
    const change = fc.record({
      place: fc.constantFrom(...places),
      name: fc.constantFrom(...names),
      value: fc.constantFrom(undefined, ...strangers),
    });
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), ([first, ...others]) => {
        if (first === undefined) return;
        const { body } = first.place;
        const wire = [first, ...others.filter(({ place }) => place.body === body)].reduce<unknown>(
          (now, { place, name, value }) =>
            typeof memberAt(now, place.path) === 'object' ? changed(now, [...place.path, name], value) : now,
          body,
        );
        expectRead(JSON.parse(JSON.stringify(wire)) as AnyAudienceTemplateWire);
      }),
      examples(150),
    );
  });
});

function recordsOf(value: unknown, at: readonly Step[] = []): (readonly Step[])[] {
  if (typeof value !== 'object' || value === null) return [];
  const within = Object.entries(value).flatMap(([key, item]: [string, unknown]) =>
    recordsOf(item, [...at, Array.isArray(value) ? Number(key) : key]),
  );
  return Array.isArray(value) ? within : [at, ...within];
}

function memberAt(value: unknown, path: readonly Step[]): unknown {
  return path.reduce<unknown>(
    (part, step) =>
      typeof part === 'object' && part !== null ? (part as Record<Step, unknown>)[step] : undefined,
    value,
  );
}

function changed(value: unknown, [step, ...rest]: readonly Step[], to: unknown): unknown {
  if (step === undefined) return to;
  if (typeof value !== 'object' || value === null) return value;
  const copy = (Array.isArray(value) ? [...(value as unknown[])] : { ...value }) as Record<Step, unknown>;
  copy[step] = changed(copy[step], rest, to);
  return copy;
}
