import { Field, InputType } from 'type-graphql';
import { Json } from './scalars';

@InputType({ description: 'A rule: as text or as a tree.' })
export class ExpressionInput {
  @Field(() => String, {
    nullable: true,
    description: 'PQL as people write it, e.g. homeAddress.countryCode = "DE".',
  })
  readonly text?: string | null;

  @Field(() => Json, { nullable: true, description: 'A pql/json tree.' })
  readonly json?: unknown;
}
