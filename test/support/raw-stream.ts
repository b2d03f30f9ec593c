/** The body of an answer that goes on, chunk by chunk. */
export interface RawStream {
  readonly response: Response;
  /** All that has come so far, once it holds this. */
  until(text: string): Promise<string>;
  /** All that came, once the answer has ended; `broken` where the connection did. */
  rest(): Promise<{ readonly text: string; readonly isBroken: boolean }>;
  leave(): void;
}

export async function openRawStream(url: string, init: RequestInit = {}): Promise<RawStream> {
  const leaving = new AbortController();
  const response = await fetch(url, { ...init, signal: leaving.signal });
  const reader = (response.body as ReadableStream<Uint8Array>).getReader();
  const decoder = new TextDecoder();
  let text = '';
  const read = async (): Promise<boolean> => {
    const { done, value } = await reader.read();
    if (value !== undefined) text += decoder.decode(value, { stream: true });
    return !done;
  };
  return {
    response,
    until: async (wanted) => {
      for (let from = 0; !text.includes(wanted, from);) {
        from = Math.max(0, text.length - wanted.length);
        if (!(await read())) throw new Error(`The stream ended without ${wanted}: ${text.slice(-2_000)}`);
      }
      return text;
    },
    rest: async () => {
      try {
        while (await read());
        return { text, isBroken: false };
      } catch {
        return { text, isBroken: true };
      }
    },
    leave: () => leaving.abort(),
  };
}

/** The same for an operation that is sent as POST. */
export function postForStream(
  origin: string,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<RawStream> {
  return openRawStream(`${origin}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'text/event-stream', ...headers },
    body: JSON.stringify(body),
  });
}
