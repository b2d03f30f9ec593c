import { Field, ID, Int, ObjectType } from 'type-graphql';
import { describedEnum } from './described-enum';
import { Json } from './scalars';

export const Severity = describedEnum('Severity', 'How much a diagnostic matters.', {
  ERROR: 'The rule cannot be used.',
  WARNING: 'The rule can be used, but probably does not say what was meant.',
  INFO: 'Worth knowing.',
});
export type Severity = keyof typeof Severity;

@ObjectType({
  description:
    'One thing to say about a rule. from and to are offsets in UTF-16 units into the text; line and column count from 1.',
  simpleResolvers: true,
})
export class PqlDiagnostic {
  @Field(() => Severity, { description: 'How much it matters.' })
  readonly severity: Severity;

  @Field(() => String, { description: 'Stable code, e.g. unknown-attribute.' })
  readonly code: string;

  @Field(() => String, { description: 'What is wrong and what to do, for people.' })
  readonly message: string;

  @Field(() => Int, { description: 'Where it begins: offset in UTF-16 units.' })
  readonly from: number;

  @Field(() => Int, { description: 'Where it ends: offset in UTF-16 units, exclusive.' })
  readonly to: number;

  @Field(() => Int, { description: 'Line where it begins, from 1.' })
  readonly line: number;

  @Field(() => Int, { description: 'Column where it begins, from 1.' })
  readonly column: number;

  @Field(() => String, { nullable: true, description: 'What may have been meant.' })
  readonly suggestion: string | null;
}

@ObjectType({ description: 'What the gateway itself thinks of a rule.', simpleResolvers: true })
export class PqlCheck {
  @Field(() => Boolean, { description: 'True where no diagnostic is an ERROR.' })
  readonly valid: boolean;

  @Field(() => String, {
    nullable: true,
    description: 'The rule as PQL text; null where a pql/json tree cannot be put in words.',
  })
  readonly text: string | null;

  @Field(() => Json, {
    nullable: true,
    description: 'The rule as a pql/json tree; null where it cannot be made one.',
  })
  readonly json: unknown;

  @Field(() => [PqlDiagnostic], { description: 'In the order of the text.' })
  readonly diagnostics: readonly PqlDiagnostic[];

  @Field(() => [String], { description: 'Attribute paths that the rule reads.' })
  readonly attributes: readonly string[];

  @Field(() => [ID], { description: 'Segments it leans on through inSegment.' })
  readonly segmentIds: readonly string[];
}
