import { Arg, Ctx, Query, Resolver } from 'type-graphql';
import type { GatewayContext } from './context';
import { checkRule } from './rule-check';
import { ExpressionInput } from '../schema/expression.input';
import { PqlCheck } from '../schema/pql-check.type';

@Resolver()
export class PqlResolver {
  @Query(() => PqlCheck, { description: 'Parses and checks a rule in the gateway itself; no upstream call.' })
  checkPql(
    @Arg('expression', () => ExpressionInput, { description: 'The rule.' }) expression: ExpressionInput,
    @Ctx() context: GatewayContext,
  ): PqlCheck {
    return checkRule(expression, context.upstream.mode);
  }
}
