import { GraphQLError, GraphQLScalarType, Kind } from 'graphql';
import { GraphQLDateTime, GraphQLJSON, GraphQLJSONObject } from 'graphql-scalars';

/** RFC 3339 in UTC; a Date inside. */
export const DateTime = GraphQLDateTime;
/** Any JSON value. */
export const Json = GraphQLJSON;
/** A JSON object. */
export const JsonObject = GraphQLJSONObject;

const integerPattern = /^-?\d{1,39}$/;

function parseBigInt(value: unknown): bigint {
  if (typeof value === 'bigint') return value;
  if (typeof value === 'number' && Number.isSafeInteger(value)) return BigInt(value);
  if (typeof value === 'string' && integerPattern.test(value)) return BigInt(value);
  throw new GraphQLError('BigInt must be a whole number, written as a decimal string.');
}

/** A whole number that may pass 2^31, as a decimal string, always. */
export const BigIntScalar = new GraphQLScalarType<bigint, string>({
  name: 'BigInt',
  description: 'A whole number that may pass 2^31: always a decimal string, e.g. "84213907".',
  serialize: (value) => parseBigInt(value).toString(),
  parseValue: parseBigInt,
  parseLiteral(node) {
    if (node.kind !== Kind.INT && node.kind !== Kind.STRING)
      throw new GraphQLError('BigInt must be a whole number.', { nodes: node });
    return parseBigInt(node.value);
  },
});

function stringScalar(
  name: string,
  description: string,
  parse: (value: string) => string,
): GraphQLScalarType<string, string> {
  const parseValue = (value: unknown): string => {
    if (typeof value !== 'string') throw new GraphQLError(`${name} must be a string.`);
    return parse(value);
  };
  return new GraphQLScalarType<string, string>({
    name,
    description,
    serialize: parseValue,
    parseValue,
    parseLiteral(node) {
      if (node.kind !== Kind.STRING) throw new GraphQLError(`${name} must be a string.`, { nodes: node });
      return parse(node.value);
    },
  });
}

/** Kept as it was written, so that a template comes back with the host it was given. */
export const Url = stringScalar('URL', 'An absolute http or https address.', (value) => {
  const protocol = URL.canParse(value) ? new URL(value).protocol : null;
  if (protocol !== 'https:' && protocol !== 'http:')
    throw new GraphQLError('URL must be an absolute http or https address.');
  return value;
});

/** Only a string here: what is wrong with a cron is told as a user error, with a hint, by who uses it. */
export const QuartzCron = stringScalar(
  'QuartzCron',
  'Quartz cron, 6 or 7 fields (seconds first, day of week 1 = SUN), UTC. "0 0 1 * * ?" is every day at 01:00.',
  (value) => value.trim().replaceAll(/\s+/g, ' '),
);

export const EventCursor = stringScalar(
  'EventCursor',
  'Opaque position in the event log; hand it back to resume.',
  (value) => value,
);
