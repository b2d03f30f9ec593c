/** Headers of a request, or a function that is asked for them anew each time: for tokens that end. */
export type HeadersSource =
  | Readonly<Record<string, string>>
  | (() => Readonly<Record<string, string>> | Promise<Readonly<Record<string, string>>>);

export interface Endpoint {
  readonly httpUrl: string;
  readonly socketUrl: string;
  /** A function's error passes through as it is: it is not the gateway's. */
  headers(): Promise<Readonly<Record<string, string>>>;
}

/**
 * Where the gateway is. `url` may be its origin or the whole address of its `/graphql`; in a browser also a path.
 *
 * @throws TypeError where it is no http address.
 */
export function endpointOf(url: string, headers: HeadersSource = {}): Endpoint {
  const page = (globalThis as { readonly location?: { readonly href?: string } }).location?.href;
  const address = new URL(url, page);
  if (address.protocol !== 'http:' && address.protocol !== 'https:')
    throw new TypeError(`The gateway's url begins with http: or https:, not ${address.protocol}`);
  if (address.pathname === '/') address.pathname = '/graphql';
  const httpUrl = address.href;
  return {
    httpUrl,
    socketUrl: httpUrl.replace(/^http/, 'ws'),
    headers: async () => (typeof headers === 'function' ? headers() : headers),
  };
}
