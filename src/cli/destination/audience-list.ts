import { isRecord } from '../../lib/is-record';

/** One audience as the destination keeps it: what it was sent, and the id that it was given. */
export interface DestinationAudience {
  readonly id: string;
  readonly name: string;
  readonly [field: string]: unknown;
}

export interface DestinationRequest {
  readonly method: string;
  /** Decoded parts, e.g. `['audiences', 'aud-1']`. */
  readonly path: readonly string[];
  /** A JSON body or the fields of a form; null where there is none. */
  readonly body: unknown;
}

export interface DestinationAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: unknown;
}

const mostAudiences = 1000;
const longestName = 255;

/** The audiences of one trial destination, in memory, and what it answers about them. */
export class AudienceList {
  private readonly audiences = new Map<string, DestinationAudience>();
  private made = 0;

  get all(): readonly DestinationAudience[] {
    return [...this.audiences.values()];
  }

  /** `/audiences`, `/audiences/{id}`, `/account`; anything else is a 404. */
  answer({ method, path: [root, id, ...rest], body }: DestinationRequest): DestinationAnswer {
    if (rest.length > 0) return notFound('There is nothing here.');
    if (root === 'account' && id === undefined && (method === 'GET' || method === 'POST'))
      return { status: 200, body: { id: 'acct-1', name: 'Trial account' } };
    if (root !== 'audiences') return notFound('There is nothing here. There are /audiences and /account.');
    if (id === undefined) return this.answerAll(method, body);
    return this.answerOne(method, id, body);
  }

  private answerAll(method: string, body: unknown): DestinationAnswer {
    if (method === 'GET') return { status: 200, body: { audiences: this.all } };
    if (method !== 'POST') return methodRefused('GET, POST');
    if (this.audiences.size >= mostAudiences)
      return refusal(429, 'TOO_MANY', `There can be ${mostAudiences} audiences here.`);
    if (!isRecord(body)) return refusal(400, 'INVALID', 'The body must be a JSON object or a form.');
    const { name } = body;
    if (!isName(name)) return nameRefused();
    this.made += 1;
    const audience: DestinationAudience = { ...body, name, id: `aud-${this.made}` };
    this.audiences.set(audience.id, audience);
    const headers = { location: `/audiences/${audience.id}`, 'x-audience-id': audience.id };
    return { status: 201, headers, body: audience };
  }

  private answerOne(method: string, id: string, body: unknown): DestinationAnswer {
    const audience = this.audiences.get(id);
    if (audience === undefined) return notFound('There is no audience with this id.');
    switch (method) {
      case 'GET':
        return { status: 200, body: audience };
      case 'DELETE':
        this.audiences.delete(id);
        return { status: 200, body: { id, deleted: true } };
      case 'PUT':
      case 'PATCH':
      case 'POST':
        return this.change(audience, method, body);
      default:
        return methodRefused('GET, PUT, PATCH, POST, DELETE');
    }
  }

  /** PUT replaces what was sent before; PATCH and POST add to it. */
  private change(audience: DestinationAudience, method: string, body: unknown): DestinationAnswer {
    if (!isRecord(body)) return refusal(400, 'INVALID', 'The body must be a JSON object or a form.');
    const name = body['name'] ?? (method === 'PUT' ? undefined : audience.name);
    if (!isName(name)) return nameRefused();
    const changed = { ...(method === 'PUT' ? {} : audience), ...body, name, id: audience.id };
    this.audiences.set(audience.id, changed);
    return { status: 200, body: changed };
  }
}

/** An error as this destination words it: `{"error": {"code", "message"}}`. */
export function refusal(status: number, code: string, message: string): DestinationAnswer {
  return { status, body: { error: { code, message } } };
}

function notFound(message: string): DestinationAnswer {
  return refusal(404, 'NOT_FOUND', message);
}

function nameRefused(): DestinationAnswer {
  return refusal(400, 'INVALID', `The field name must be a text of 1 to ${longestName} characters.`);
}

function methodRefused(allowed: string): DestinationAnswer {
  return { ...refusal(405, 'METHOD', 'This method is not allowed here.'), headers: { allow: allowed } };
}

function isName(name: unknown): name is string {
  return typeof name === 'string' && name !== '' && name.length <= longestName;
}
