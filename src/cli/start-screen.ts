import { VERSION } from '../version';

export interface StartScreen {
  readonly gatewayUrl: string;
  /** Null in front of Adobe. */
  readonly platform: { readonly url: string; readonly dataDir: string } | null;
  readonly upstreamUrl: string | null;
  readonly development: boolean;
}

/** What a newcomer reads first: where everything is, and what to try. */
export function startScreen({ gatewayUrl, platform, upstreamUrl, development }: StartScreen): string {
  const socketUrl = gatewayUrl.replace(/^http/, 'ws');
  const lines = [
    '',
    `  Audience Gateway ${VERSION}`,
    '',
    `  GraphQL        ${gatewayUrl}/graphql`,
    `  Subscriptions  ${socketUrl}/graphql  (graphql-ws)`,
    ...(development
      ? [`  Explore        ${gatewayUrl}/  (Apollo Sandbox; without internet: ${gatewayUrl}/graphiql)`]
      : []),
    platform === null
      ? `  Upstream       ${upstreamUrl}`
      : `  Platform       ${platform.url}  (embedded; data in ${platform.dataDir})`,
    '',
  ];
  return `${lines.join('\n')}\n`;
}

/** What to do next, printed once the data are there. */
export function firstSteps(gatewayUrl: string, embedded: boolean): string {
  if (!embedded) {
    return '  Ready. Send Authorization, x-api-key, x-gw-ims-org-id and x-sandbox-name with every request.\n';
  }
  const lines = [
    '  Ready. What to try first:',
    `    1. Open ${gatewayUrl}/graphiql; its tabs are the road from a rule to a file, in order.`,
    '    2. Or bring your own people:  npx audience import profiles FILE.ndjson',
    '  Ctrl-C stops.',
  ];
  return `${lines.join('\n')}\n\n`;
}
