import { createServer } from 'node:http';
import type { ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface TokenService {
  readonly url: string;
  /** The forms that were sent, oldest first. */
  readonly asked: URLSearchParams[];
  /** What the next requests get; the last answer stays. */
  answerWith(...answers: ((response: ServerResponse) => void)[]): void;
  close(): Promise<void>;
}

/** 200 with a token. Source: contract §2.1. */
export function token(accessToken: string, expiresIn: number): (response: ServerResponse) => void {
  return json(200, { access_token: accessToken, token_type: 'bearer', expires_in: expiresIn });
}

export function json(
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): (response: ServerResponse) => void {
  return (response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
  };
}

/** A real HTTP server on the loopback that plays Adobe's IMS. */
export async function startTokenService(
  ...first: ((response: ServerResponse) => void)[]
): Promise<TokenService> {
  let answers = first;
  const asked: URLSearchParams[] = [];
  const server = createServer((request, response) => {
    let form = '';
    request.on('data', (chunk: Buffer) => (form += chunk.toString('utf8')));
    request.on('end', () => {
      asked.push(new URLSearchParams(form));
      const [answer] = answers;
      if (answers.length > 1) answers = answers.slice(1);
      answer?.(response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/ims/token/v3`,
    asked,
    answerWith: (...next) => {
      answers = next;
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
