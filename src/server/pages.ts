import { renderGraphiQL } from '@graphql-yoga/render-graphiql';
import { firstOperations } from './first-operations';

/**
 * GraphiQL as one page that needs no internet; its tabs are the road in order, its subscriptions go over graphql-ws.
 * Five megabytes, so it is made once, when somebody first asks for it.
 */
export function createGraphiqlPage(): () => string {
  let page: string | null = null;
  return () => (page ??= renderGraphiqlPage());
}

function renderGraphiqlPage(): string {
  const options = {
    title: 'Audience Gateway · GraphiQL',
    endpoint: '/graphql',
    subscriptionsProtocol: 'WS',
    defaultTabs: firstOperations.map(({ title, document }) => ({ query: `# ${title}\n${document}\n` })),
  };
  // Its types stand in graphql-yoga, which is not here; the page reads these options as plain JSON.
  return (renderGraphiQL as (given: typeof options) => string)(options);
}
