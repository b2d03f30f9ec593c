import type { Lacks, Need } from './needs';
import { needs } from './needs';
import type { ContractTarget } from './target';

export interface NamedTarget {
  readonly target: ContractTarget;
  readonly lacks: Lacks;
}

/**
 * The host that the environment names, with the headers to be sent; null where it names none.
 *
 * A host of Adobe's lacks everything that a test may need beyond the contract, any other nothing, unless
 * `CONTRACT_LACKS` says what, e.g. `people,tokens`.
 * @throws Error that names every variable that is missing or wrong; no value of one is in it.
 */
export function readNamedTarget(env: Readonly<Record<string, string | undefined>>): NamedTarget | null {
  const url = env['CONTRACT_URL'];
  if (url === undefined || url === '') return null;
  const faults: string[] = [];
  const read = (name: string): string => {
    const value = env[name] ?? '';
    if (value === '') faults.push(`${name} is missing`);
    return value;
  };
  const headers = {
    authorization: `Bearer ${read('CONTRACT_TOKEN')}`,
    'x-api-key': read('CONTRACT_API_KEY'),
    'x-gw-ims-org-id': read('CONTRACT_ORG'),
    'x-sandbox-name': read('CONTRACT_SANDBOX'),
  };
  if (!URL.canParse(url)) faults.push('CONTRACT_URL is no URL');
  const words = env['CONTRACT_LACKS']?.split(',').filter((word) => word !== '');
  const known = Object.keys(needs) as Need[];
  const unknown = (words ?? []).filter((word) => !known.some((need) => need === word));
  if (unknown.length > 0)
    faults.push(`CONTRACT_LACKS holds ${unknown.join(', ')}; known are ${known.join(', ')}`);
  if (faults.length > 0) throw new Error(`The contract cannot be run: ${faults.join('; ')}.`);
  const { hostname, origin } = new URL(url);
  const isAdobe = hostname === 'adobe.io' || hostname.endsWith('.adobe.io');
  const lacks = words === undefined ? (isAdobe ? known : []) : known.filter((need) => words.includes(need));
  return { target: { url: origin, headers }, lacks: new Set(lacks) };
}
