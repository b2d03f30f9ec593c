import { registerEnumType } from 'type-graphql';

/**
 * Makes a GraphQL enum whose every value is described; a value without words cannot be written down.
 * The result maps each name to itself, so that `Status.FAILED` is the string that goes over the wire.
 */
export function describedEnum<const Name extends string>(
  name: string,
  description: string,
  values: Readonly<Record<Name, string>>,
): { readonly [Value in Name]: Value } {
  const names = Object.keys(values) as Name[];
  const members = Object.fromEntries(names.map((value) => [value, value])) as { [Value in Name]: Value };
  const valuesConfig = Object.fromEntries(names.map((value) => [value, { description: values[value] }]));
  registerEnumType(members, {
    name,
    description,
    valuesConfig: valuesConfig as Record<Name, { description: string }>,
  });
  return members;
}
