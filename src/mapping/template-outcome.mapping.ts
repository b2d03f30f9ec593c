import type { RenderedRequest } from '../schema/template-outcome.type';
import type { OutgoingRequest, RenderedOperation } from '../templates/render';

/** A rendered operation as it may be shown, with all that keeps it from being sent. */
export function toRenderedRequest(
  { shown, unresolved, violations }: RenderedOperation,
  problems: readonly string[],
): RenderedRequest {
  return {
    httpMethod: shown.method,
    url: shown.url,
    headers: toHeaderMap(shown.headers),
    body: toBody(shown),
    unresolved,
    violations: [...problems, ...violations],
  };
}

/** Two headers of one name say what one with both values says. */
function toHeaderMap(headers: OutgoingRequest['headers']): Record<string, string> {
  const map = new Map<string, string>();
  for (const [name, value] of headers) {
    const before = map.get(name);
    map.set(name, before === undefined ? value : `${before}, ${value}`);
  }
  return Object.fromEntries(map);
}

function toBody({ body }: OutgoingRequest): unknown {
  switch (body.kind) {
    case 'none':
      return null;
    case 'json':
      return body.value;
    case 'form':
      return body.fields;
  }
}
