import { Field, Int, ObjectType } from 'type-graphql';
import type { ClassType } from 'type-graphql';
import { describedEnum } from './described-enum';

export const SortDirection = describedEnum('SortDirection', 'Which end of an order comes first.', {
  ASC: 'Smallest, oldest or first in the alphabet first.',
  DESC: 'Largest, newest or last in the alphabet first.',
});
export type SortDirection = keyof typeof SortDirection;

@ObjectType({ description: 'Where a page stands in its list.', simpleResolvers: true })
export class PageInfo {
  @Field(() => Boolean, { description: 'There is more after endCursor.' })
  readonly hasNextPage: boolean;

  @Field(() => Boolean, { description: 'There is more before startCursor.' })
  readonly hasPreviousPage: boolean;

  @Field(() => String, { nullable: true, description: 'Cursor of the first edge; null on an empty page.' })
  readonly startCursor: string | null;

  @Field(() => String, { nullable: true, description: 'Cursor of the last edge; null on an empty page.' })
  readonly endCursor: string | null;
}

export interface Edge<Node> {
  readonly cursor: string;
  readonly node: Node;
}

export interface Connection<Node> {
  readonly edges: readonly Edge<Node>[];
  readonly nodes: readonly Node[];
  readonly pageInfo: PageInfo;
  readonly totalCount: number | null;
  /** The nodes that hold an Error in the place of something; left out where it is none. */
  readonly suspects?: ReadonlySet<unknown>;
  /** Why the list could not be read on behind this page; told beside the answer. */
  readonly troubles?: readonly Error[];
}

/**
 * Makes the edge and connection types of one noun: `SegmentEdge` and `SegmentConnection` for `Segment`.
 * `plural` is the noun in words, for the descriptions.
 */
export function connectionOf<Node extends object>(
  name: string,
  plural: string,
  node: () => ClassType<Node> | (abstract new () => Node),
): ClassType<Connection<Node>> {
  @ObjectType(`${name}Edge`, {
    description: `One of the ${plural} of a page, and where it stands.`,
    simpleResolvers: true,
  })
  class NodeEdge implements Edge<Node> {
    @Field(() => String, {
      description: 'Opaque position of this node, bound to the filter and order of its list.',
    })
    readonly cursor: string;

    @Field(() => node(), { description: 'The thing itself.' })
    readonly node: Node;
  }

  @ObjectType(`${name}Connection`, { description: `A page of ${plural}.`, simpleResolvers: true })
  class NodeConnection implements Connection<Node> {
    @Field(() => [NodeEdge], { description: 'The page, each node with its cursor.' })
    readonly edges: readonly NodeEdge[];

    @Field(() => [node()], { description: 'The page without cursors.' })
    readonly nodes: readonly Node[];

    @Field(() => PageInfo, { description: 'Where this page stands in the list.' })
    readonly pageInfo: PageInfo;

    @Field(() => Int, {
      nullable: true,
      description: 'How many there are on all pages; null where the upstream does not tell.',
    })
    readonly totalCount: number | null;
  }
  return NodeConnection;
}
