import { once } from 'node:events';
import { createServer } from 'node:http';
import { require } from '../typescript.mjs';

const { buildSubgraphSchema } = require('@apollo/subgraph');
const { graphql, parse } = require('graphql');

/** Another team's subgraph: refers to our segments, and adds to our segments and jobs. */
export const campaignsSdl = `
  extend schema @link(url: "https://specs.apollo.dev/federation/v2.4", import: ["@key"])
  type Query { campaigns(of: [ID!]!): [Campaign!]! }
  type Campaign @key(fields: "id") { id: ID! audience: Segment }
  type Segment @key(fields: "id") { id: ID! campaigns: [Campaign!]! }
  type SegmentJob @key(fields: "id") { id: ID! note: String }
`;
const campaignOf = (id) => ({ id: `campaign-of-${id}`, audience: { id } });

/** Serves it on a free port of the loopback. */
export async function startCampaigns() {
  const schema = buildSubgraphSchema({
    typeDefs: parse(campaignsSdl),
    resolvers: {
      Query: { campaigns: (_root, { of }) => of.map(campaignOf) },
      Segment: { __resolveReference: ({ id }) => ({ id, campaigns: [campaignOf(id)] }) },
      SegmentJob: { __resolveReference: ({ id }) => ({ id, note: `note of ${id}` }) },
    },
  });
  const server = createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const { query: source, variables: variableValues } = JSON.parse(Buffer.concat(chunks).toString('utf8'));
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(await graphql({ schema, source, variableValues })));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${server.address().port}/`,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
