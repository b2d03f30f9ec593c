import { Args, Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import type { GatewayContext } from './context';
import { checkedCount } from './page-request';
import { toJsonObject } from '../lib/json-value';
import { DataFileRowsArgs } from '../schema/data-file.args';
import { DataFile } from '../schema/data-file.type';
import { JsonObject, Url } from '../schema/scalars';

const defaultRowCount = 20;

@Resolver(() => DataFile)
export class DataFileResolver {
  @FieldResolver(() => Url, {
    description: "Short-lived signed link to the gateway's own download route; answers HEAD and Range.",
  })
  async downloadUrl(@Root() file: DataFile, @Ctx() context: GatewayContext): Promise<string> {
    return context.downloadLinks.create(context.caller, file);
  }

  @FieldResolver(() => [JsonObject], {
    description: "First rows, read from the file's footer and first row group; never the whole file.",
  })
  async rows(
    @Root() file: DataFile,
    @Args() { first, columns }: DataFileRowsArgs,
    @Ctx() context: GatewayContext,
  ): Promise<Record<string, unknown>[]> {
    const rows = await context.sources.dataAccess.rows(file, {
      first: checkedCount(first, defaultRowCount),
      columns: columns ?? undefined,
    });
    return rows.map(toJsonObject);
  }
}
