import type { HTTPGraphQLResponse } from '@apollo/server';
import { firstOperations } from './first-operations';

/**
 * GraphiQL as one page that needs no internet; its tabs are the road in order, its subscriptions go over graphql-ws.
 * Five megabytes, so it is loaded and made once, when somebody first asks for it.
 */
export function createGraphiqlPage(): () => Promise<string> {
  let page: Promise<string> | null = null;
  return () => (page ??= renderGraphiqlPage());
}

async function renderGraphiqlPage(): Promise<string> {
  const { renderGraphiQL } = await import('@graphql-yoga/render-graphiql');
  const options = {
    title: 'Audience Gateway',
    endpoint: '/graphql',
    subscriptionsProtocol: 'WS',
    defaultTabs: firstOperations.map(({ title, document }) => ({ query: `# ${title}\n${document}\n` })),
  };
  // Its types stand in graphql-yoga, which is not here; the page reads these options as plain JSON.
  return (renderGraphiQL as (given: typeof options) => string)(options);
}

/** Apollo's page loads Sandbox from the internet; where that fails, it shall say what works without. */
export function withOfflineHint(page: HTTPGraphQLResponse): HTTPGraphQLResponse {
  if (page.body.kind !== 'complete') return page;
  const excuse = 'it appears that you might be offline.';
  const hint = `${excuse} <a href="/graphiql">GraphiQL</a> is served by the gateway itself and needs no internet.`;
  const [, nonce = ''] = /'nonce-(\w+)'/.exec(page.body.string) ?? [];
  // While it is empty, the place of Sandbox lies over the whole page and would catch the click.
  const style = `<style nonce="${nonce}">#embeddableSandbox:empty { pointer-events: none; }</style>`;
  const string = page.body.string.replace(excuse, hint).replace('</head>', `${style}</head>`);
  return { ...page, body: { kind: 'complete', string } };
}
