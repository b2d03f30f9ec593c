import { Field, InputType } from 'type-graphql';
import { ExpressionInput } from './expression.input';

@InputType({ description: 'The rule to be tried.' })
export class StartPreviewInput {
  @Field(() => ExpressionInput, { description: 'The rule.' })
  readonly expression: ExpressionInput;

  @Field(() => String, {
    defaultValue: '_xdm.context.profile',
    description: 'Schema of the profiles; only profiles can be asked.',
  })
  readonly schemaName: string;
}
