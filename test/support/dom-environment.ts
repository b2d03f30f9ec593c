import DomEnvironment from 'jest-environment-jsdom';

/** What jsdom has in a form of its own, and a gateway needs as Node has it. */
const ofNode: readonly string[] = [
  ...[
    'Blob',
    'FormData',
    'Headers',
    'URL',
    'URLSearchParams',
    'AbortController',
    'AbortSignal',
    'performance',
  ],
  ...['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'crypto'],
  ...['Uint8Array', 'ArrayBuffer', 'Buffer'],
];

/** A browser's page, and beside it in one process a gateway: the DOM is jsdom's, and so is its WebSocket. */
export default class GatewayAndDomEnvironment extends DomEnvironment {
  constructor(...given: ConstructorParameters<typeof DomEnvironment>) {
    super(...given);
    for (const name of Object.getOwnPropertyNames(globalThis)) {
      if (name in this.global && !ofNode.includes(name)) continue;
      const value: unknown = Reflect.get(globalThis, name);
      Object.defineProperty(this.global, name, { value, configurable: true, writable: true });
    }
  }

  override exportConditions(): string[] {
    return ['node', 'node-addons'];
  }
}
