import { Option } from 'commander';
import { CommandError } from '../../errors/command-error';
import { orgIdPattern, sandboxNamePattern } from '../../wire/common.wire';

/** Where the gateway is, and who asks; what was not said is the embedded gateway's to fill in. */
export interface Connection {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

type Env = Readonly<Record<string, string | undefined>>;

export const defaultUrl = 'http://127.0.0.1:4000';

/** Each says where else it may stand. A token on a command line stands in the list of processes. */
export const connectionOptions: readonly Option[] = [
  new Option('--url <url>', `the gateway; else AUDIENCE_URL, else ${defaultUrl}`),
  new Option('--token <token>', 'access token; better AUDIENCE_TOKEN, which no list of processes shows'),
  new Option('--api-key <key>', 'API key; else AUDIENCE_API_KEY'),
  new Option('--org <id>', 'IMS org; else AUDIENCE_ORG'),
  new Option('--sandbox <name>', 'sandbox; else AUDIENCE_SANDBOX'),
];

/**
 * Reads the options and the variables behind them.
 *
 * @throws CommandError naming what is malformed, without a secret's value.
 */
export function readConnection(options: Readonly<Record<string, unknown>>, env: Env): Connection {
  const said = (option: string, variable: string): string | undefined => {
    const value = options[option] ?? env[variable];
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  const url = said('url', 'AUDIENCE_URL') ?? defaultUrl;
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol))
    throw new CommandError(
      `--url (AUDIENCE_URL) must be an http address such as ${defaultUrl}, not "${url}".`,
      2,
    );
  const token = said('token', 'AUDIENCE_TOKEN')?.replace(/^Bearer\s+/i, '');
  const [apiKey, org, sandbox] = [
    said('apiKey', 'AUDIENCE_API_KEY'),
    said('org', 'AUDIENCE_ORG'),
    said('sandbox', 'AUDIENCE_SANDBOX'),
  ];
  if (token !== undefined && !/^[\x21-\x7e]+$/.test(token))
    throw new CommandError('--token (AUDIENCE_TOKEN) must be one word of plain letters.', 2);
  if (org !== undefined && !orgIdPattern.test(org))
    throw new CommandError('--org (AUDIENCE_ORG) must be letters and digits with @AdobeOrg behind.', 2);
  if (sandbox !== undefined && !sandboxNamePattern.test(sandbox))
    throw new CommandError('--sandbox (AUDIENCE_SANDBOX) must be lower-case letters, digits and hyphens.', 2);
  return {
    url,
    headers: {
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(apiKey !== undefined && { 'x-api-key': apiKey }),
      ...(org !== undefined && { 'x-gw-ims-org-id': org }),
      ...(sandbox !== undefined && { 'x-sandbox-name': sandbox }),
    },
  };
}
