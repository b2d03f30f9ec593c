import { Arg, Args, Ctx, ID, Query, Resolver } from 'type-graphql';
import type { GatewayContext } from './context';
import { loadMergePolicy } from './edges';
import { toPageRequest } from './page-request';
import { toConnection } from '../mapping/connection.mapping';
import { toMergePolicy } from '../mapping/merge-policy.mapping';
import type { Connection } from '../schema/connection';
import { MergePolicy, MergePolicyConnection } from '../schema/merge-policy.type';
import { PageArgs } from '../schema/page.args';

@Resolver()
export class MergePolicyResolver {
  @Query(() => MergePolicyConnection, { description: 'How profiles can be merged in this sandbox.' })
  async mergePolicies(
    @Args() args: PageArgs,
    @Ctx() context: GatewayContext,
  ): Promise<Connection<MergePolicy>> {
    return toConnection(await context.sources.mergePolicies.page(toPageRequest(args)), toMergePolicy);
  }

  @Query(() => MergePolicy, {
    nullable: true,
    description: 'One merge policy; null where there is none with this id.',
  })
  async mergePolicy(
    @Arg('id', () => ID, { description: 'The merge policy.' }) id: string,
    @Ctx() context: GatewayContext,
  ): Promise<MergePolicy | null> {
    return loadMergePolicy(context, id);
  }
}
