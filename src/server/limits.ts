import { ApolloArmor } from '@escape.tech/graphql-armor';
import { GraphQLError, NoSchemaIntrospectionCustomRule } from 'graphql';
import type { ParseOptions, ValidationContext, ValidationRule } from 'graphql';
import { costLimitRule } from './cost-limit-rule';

/** What one document may ask for; the first-steps operations and an IDE's introspection fit well within. */
export const documentLimits = {
  maxLength: 20_000,
  maxTokens: 2_000,
  maxDepth: 15,
  maxAliases: 30,
  maxDirectives: 20,
  maxCost: 5_000,
} as const;

/** More tokens than this end the parser at once, before nested braces can overflow its stack. */
export const parseOptions: ParseOptions = { maxTokens: documentLimits.maxTokens };

/**
 * The limits as validation rules, the same for HTTP and for sockets.
 *
 * @param options `introspection`: whether the schema may be asked for.
 */
export function createLimitRules(options: { readonly introspection: boolean }): ValidationRule[] {
  const { maxDepth, maxAliases, maxDirectives, maxCost } = documentLimits;
  const refusing = { propagateOnRejection: false, onReject: [reportTooComplex] };
  const { validationRules } = new ApolloArmor({
    maxDepth: { ...refusing, n: maxDepth, flattenFragments: true },
    maxAliases: { ...refusing, n: maxAliases, allowList: [] },
    maxDirectives: { ...refusing, n: maxDirectives },
    // Its cost knows no page sizes: costLimitRule does. Its tokens and suggestions are plugins of HTTP alone.
    costLimit: { enabled: false },
    maxTokens: { enabled: false },
    blockFieldSuggestion: { enabled: false },
  }).protect();
  return [
    ...validationRules,
    costLimitRule(maxCost),
    ...(options.introspection ? [] : [NoSchemaIntrospectionCustomRule]),
  ];
}

/** Null where a document may be parsed; it is measured first, since commas and comments are no tokens. */
export function findLengthError(document: string): GraphQLError | null {
  if (document.length <= documentLimits.maxLength) return null;
  return tooComplex(`The document is longer than ${documentLimits.maxLength} characters.`);
}

/** The error for a document that asks for too much: code QUERY_TOO_COMPLEX. */
export function tooComplex(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'QUERY_TOO_COMPLEX' } });
}

function reportTooComplex(context: ValidationContext | null, error: GraphQLError): void {
  context?.reportError(tooComplex(error.message.replace(/^Syntax Error: /, '')));
}
