import { Field, ObjectType } from 'type-graphql';
import { describedEnum } from './described-enum';

export const PqlFormat = describedEnum('PqlFormat', 'How a rule is written down.', {
  TEXT: 'PQL as people write it (pql/text).',
  JSON: 'The tree of the rule (pql/json).',
});
export type PqlFormat = keyof typeof PqlFormat;

@ObjectType({ description: 'A rule as the upstream keeps it, and in words.', simpleResolvers: true })
export class Expression {
  @Field(() => String, { description: 'PQL, as the upstream says.' })
  readonly type: string;

  @Field(() => PqlFormat, { description: 'How value is written.' })
  readonly format: PqlFormat;

  @Field(() => String, {
    description: 'The rule in that format; JSON comes as a string, as the upstream keeps it.',
  })
  readonly value: string;

  @Field(() => String, {
    nullable: true,
    description: 'The same rule as PQL text; null where a pql/json tree cannot be put in words.',
  })
  readonly text: string | null;
}
