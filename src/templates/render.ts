import { isRecord } from '../lib/is-record';
import { askForMasks, masksIn } from './ask-for-masks';
import { matchesPattern } from './check-pattern';
import type { JsonMap, Verb, Written } from './documents';
import { encodeUrlPart, isHeaderText, isSettableHeader } from './encode';
import { maskNamed, maskTemplate, maskTree } from './mask';
import { maskUrl, withoutScheme } from './mask-text';
import type { Facts } from './scope';
import { Scope } from './scope';
import type { Operation, OperationBody, Template } from './template';
import { toTemplate } from './template';
import { hasDotSegment } from './template-url';

/** A request as it goes to a destination, or, masked, as it may be shown. */
export interface OutgoingRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: OperationBody;
}

export interface RenderedOperation {
  /** To be sent, secrets included; never shown, and only to be sent where both lists below are empty. */
  readonly request: OutgoingRequest;
  /** The same with secrets masked. */
  readonly shown: OutgoingRequest;
  /** Macros without a value, and the places of masks whose secret is not known here. */
  readonly unresolved: readonly string[];
  /** Why it must not be sent: patterns that do not match, values that cannot stand where they would. No values. */
  readonly violations: readonly string[];
  /** The texts of `request` that `shown` hides, for looking through what is said about it. */
  readonly secrets: readonly string[];
}

/**
 * Renders one operation of a checked template. Values are written by place: percent-encoded as a part of a URL, as one
 * line in a header, as a node of the tree in JSON, as the field of a form.
 *
 * @returns undefined where the template has no such operation.
 */
export function renderOperation({
  template: written,
  verb,
  facts,
}: {
  readonly template: Written;
  readonly verb: Verb;
  readonly facts: Facts;
}): RenderedOperation | undefined {
  const template = toTemplate(written);
  const operation = template.operations.get(verb);
  if (operation === undefined) return undefined;
  const asking = askForMasks(operation);
  const scope = new Scope(template, facts, false);
  const { request, violations } = render(asking, scope);
  const shown = renderShown(written, verb, facts);
  return {
    request,
    shown,
    unresolved: [...new Set([...scope.unresolved, ...masksIn(asking)])],
    violations: [...new Set([...checkValues(template, operation, facts), ...violations])],
    secrets: [...new Set([...scope.secrets, ...hiddenTexts(request, shown)])],
  };
}

/** The body as it is sent, and its type; undefined where there is none. */
export function serializeBody(
  body: OperationBody,
): { readonly text: string; readonly type: string } | undefined {
  switch (body.kind) {
    case 'none':
      return undefined;
    case 'json':
      return { text: JSON.stringify(body.value), type: contentTypes.json };
    case 'form': {
      const fields = Object.entries(body.fields).map(([name, value]) => [name, String(value)]);
      return { text: new URLSearchParams(fields).toString(), type: contentTypes.form };
    }
  }
}

interface Rendering {
  readonly request: OutgoingRequest;
  readonly violations: readonly string[];
}

function render(operation: Operation, scope: Scope): Rendering {
  const violations: string[] = [];
  const url = renderUrl(operation.url, scope, violations);
  const headers = operation.headers.map(([name, value]) => {
    const filled = scope.fillText(value, (text) => text);
    if (!isSettableHeader(name))
      violations.push(`The header ${name} cannot be set: it is the connection's own.`);
    if (!isHeaderText(filled))
      violations.push(
        `The header ${name} would hold a line break, a control character or a letter beyond Latin-1.`,
      );
    return [name, filled] as const;
  });
  const body = renderBody(operation.body, scope, violations);
  return {
    request: { method: operation.method, url, headers: withContentType(headers, body), body },
    violations,
  };
}

/** A body says what it is, where the template does not. */
function withContentType(
  headers: OutgoingRequest['headers'],
  body: OperationBody,
): OutgoingRequest['headers'] {
  const isSaid = headers.some(([name]) => name.toLowerCase() === 'content-type');
  return isSaid || body.kind === 'none' ? headers : [...headers, ['Content-Type', contentTypes[body.kind]]];
}
const contentTypes = { json: 'application/json', form: 'application/x-www-form-urlencoded' } as const;

function renderUrl(template: string, scope: Scope, violations: string[]): string {
  const queryAt = template.indexOf('?');
  const pathText = queryAt === -1 ? template : template.slice(0, queryAt);
  const path = scope.fillText(pathText, (value, { text }) => {
    if (value === '') violations.push(`${text} is empty, and would leave out a part of the path.`);
    return encodeUrlPart(value);
  });
  if (hasDotSegment(path)) violations.push('A part of the path would be "." or "..", and lead elsewhere.');
  const query = queryAt === -1 ? '' : scope.fillText(template.slice(queryAt), encodeUrlPart);
  return path + query;
}

function renderBody(body: OperationBody, scope: Scope, violations: string[]): OperationBody {
  switch (body.kind) {
    case 'none':
      return body;
    case 'json':
      return { kind: 'json', value: scope.fillTree(body.value) };
    case 'form': {
      const fields = scope.fillTree(body.fields) as JsonMap;
      for (const [name, value] of Object.entries(fields)) {
        if (typeof value === 'object') violations.push(`The form field ${name} would hold a map or a list.`);
      }
      return { kind: 'form', fields };
    }
  }
}

/** Patterns are matched against the values as they are, not as they are encoded. */
function checkValues(template: Template, operation: Operation, facts: Facts): string[] {
  return [...template.validations, ...operation.validations].flatMap(({ field, regex }) => {
    const scope = new Scope(template, facts, false);
    const value = scope.fillText(field, (text) => text);
    if (scope.unresolved.length > 0) return [`${field} has no value to be checked by ${regex}.`];
    const matches = matchesPattern(regex, value);
    if (matches === undefined) return [`The pattern ${regex} of ${field} cannot be matched in linear time.`];
    return matches ? [] : [`The value of ${field} does not match ${regex}.`];
  });
}

function renderShown(written: Written, verb: Verb, facts: Facts): OutgoingRequest {
  const masked = toTemplate({ dialect: written.dialect, document: maskTemplate(written) } as Written);
  const operation = masked.operations.get(verb);
  if (operation === undefined) throw new Error('Invariant broken: masking a template keeps its operations');
  const { request } = render(operation, new Scope(masked, facts, true));
  const { url, headers, body } = request;
  return {
    ...request,
    url: maskUrl(url),
    // A value that a caller gave for a plain macro is still a secret under a name that says so.
    headers: headers.map(([name, value]) => [name, String(maskNamed([name], value))] as const),
    body: maskBody(body),
  };
}

function maskBody(body: OperationBody): OperationBody {
  switch (body.kind) {
    case 'none':
      return body;
    case 'json':
      return { kind: 'json', value: maskTree(body.value) };
    case 'form':
      return { kind: 'form', fields: maskTree(body.fields) as JsonMap };
  }
}

/** What stands in a request where the other shows something else. */
function hiddenTexts(request: OutgoingRequest, shown: OutgoingRequest): string[] {
  return differences(
    [request.headers.map(([, value]) => value), treeOf(request.body)],
    [shown.headers.map(([, value]) => value), treeOf(shown.body)],
  ).map((text) => withoutScheme(text));
}

function treeOf(body: OperationBody): unknown {
  return body.kind === 'json' ? body.value : body.kind === 'form' ? body.fields : null;
}

/** The texts of one JSON value that do not stand in the same place of another. */
function differences(sent: unknown, shown: unknown): string[] {
  if (sent === shown || sent === null || sent === undefined) return [];
  if (Array.isArray(sent)) {
    const others: readonly unknown[] = Array.isArray(shown) ? shown : [];
    return sent.flatMap((item: unknown, index) => differences(item, others[index]));
  }
  if (isRecord(sent)) {
    return Object.entries(sent).flatMap(([key, item]) =>
      differences(item, isRecord(shown) && Object.hasOwn(shown, key) ? shown[key] : undefined),
    );
  }
  return [typeof sent === 'string' ? sent : JSON.stringify(sent)];
}
