import { Arg, Args, Ctx, FieldResolver, ID, Mutation, Query, Resolver, Root } from 'type-graphql';
import type { GatewayContext } from './context';
import { loadDataset } from './edges';
import { toPageRequest } from './page-request';
import { findNameErrors } from './text-errors';
import { attempt } from './user-errors';
import { toConnection } from '../mapping/connection.mapping';
import { toBatch, toDataset, toUnionDatasetBodyWire } from '../mapping/dataset.mapping';
import { BatchConnection } from '../schema/batch.type';
import type { Batch } from '../schema/batch.type';
import type { Connection } from '../schema/connection';
import { Dataset, DatasetConnection, DatasetPayload } from '../schema/dataset.type';
import { PageArgs } from '../schema/page.args';

@Resolver(() => Dataset)
export class DatasetResolver {
  @Query(() => DatasetConnection, { description: 'Datasets of this sandbox.' })
  async datasets(@Args() args: PageArgs, @Ctx() context: GatewayContext): Promise<Connection<Dataset>> {
    return toConnection(await context.sources.catalog.datasets(toPageRequest(args)), toDataset);
  }

  @Query(() => Dataset, {
    nullable: true,
    description: 'One dataset; null where there is none with this id.',
  })
  async dataset(
    @Arg('id', () => ID, { description: 'The dataset.' }) id: string,
    @Ctx() context: GatewayContext,
  ): Promise<Dataset | null> {
    return loadDataset(context, id);
  }

  @Mutation(() => DatasetPayload, {
    description: 'Makes a dataset on the union schema, so that profiles can be exported to it.',
  })
  async createDataset(
    @Arg('name', () => String, { description: 'Its name.' }) name: string,
    @Ctx() context: GatewayContext,
  ): Promise<DatasetPayload> {
    const mistakes = findNameErrors(name, ['name'], 'A dataset needs a name.');
    if (mistakes.length > 0) return { dataset: null, userErrors: mistakes };
    const { value, userErrors } = await attempt('dataset', {}, () =>
      context.sources.catalog.createDataset(toUnionDatasetBodyWire(name.trim())),
    );
    return { dataset: await loadDataset(context, value), userErrors };
  }

  @FieldResolver(() => BatchConnection, { description: 'What came into it, newest first.' })
  async batches(
    @Root() dataset: Dataset,
    @Args() args: PageArgs,
    @Ctx() context: GatewayContext,
  ): Promise<Connection<Batch>> {
    return toConnection(await context.sources.catalog.batches(dataset.id, toPageRequest(args)), toBatch);
  }
}
