import { Arg, Ctx, FieldResolver, ID, Query, Resolver, Root } from 'type-graphql';
import type { GatewayContext } from './context';
import { loadBatch, loadDataset } from './edges';
import { Batch } from '../schema/batch.type';
import { DataFile } from '../schema/data-file.type';
import { Dataset } from '../schema/dataset.type';

@Resolver(() => Batch)
export class BatchResolver {
  @Query(() => Batch, { nullable: true, description: 'One batch; null where there is none with this id.' })
  async batch(
    @Arg('id', () => ID, { description: 'The batch.' }) id: string,
    @Ctx() context: GatewayContext,
  ): Promise<Batch | null> {
    return loadBatch(context, id);
  }

  @FieldResolver(() => Dataset, {
    nullable: true,
    description: 'Where it belongs; null where that has been deleted since.',
  })
  async dataset(@Root() batch: Batch, @Ctx() context: GatewayContext): Promise<Dataset | null> {
    return loadDataset(context, batch.datasetId);
  }

  @FieldResolver(() => [DataFile], { description: 'All its files.' })
  async files(@Root() batch: Batch, @Ctx() context: GatewayContext): Promise<readonly DataFile[]> {
    return context.sources.dataAccess.files(batch.id);
  }
}
