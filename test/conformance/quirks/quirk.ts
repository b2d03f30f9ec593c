import type { Reply } from '../../support/fake-upstream';

/** What an upstream answers, by method and path, e.g. `GET /export/jobs/100`; anything else is a 404. */
export type Replies = Readonly<Record<string, Reply>>;

/** One of the forms in which Adobe's documents show a thing, and what a client of the gateway sees of it. */
export interface SeenForm {
  readonly form: string;
  readonly replies: Replies;
  readonly asks: string;
  /** The data of the answer, in part. */
  readonly sees: object;
  /** Codes of errors; none unless said. */
  readonly errors?: readonly string[];
  /** What was sent for it: `POST /segment/definitions` with this body, or with this query, in part. */
  readonly sends?: SentCall;
  readonly never?: RegExp;
}

export interface SentCall {
  readonly call: string;
  readonly body?: unknown;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What does not pass through the gateway, and the test that shows it where it does. */
export interface Elsewhere {
  readonly why: string;
  /** A file of this project. */
  readonly file: string;
  /** Words of the test's name, or of the fixture that holds the repaired example. */
  readonly says: string;
}

export type Quirk = readonly SeenForm[] | Elsewhere;

export function json(body: unknown, status = 200): Reply {
  return { status, json: body };
}

/** An answer whose body is not JSON, or is not there. */
export function bare(status: number, text = ''): Reply {
  return {
    raw: (response) => response.writeHead(status, { 'content-type': 'application/json' }).end(text),
  };
}

export const rule = { type: 'PQL', format: 'pql/text', value: 'homeAddress.country = "US"' };
export const definition = {
  id: 's1',
  name: 'US',
  schema: { name: '_xdm.context.profile' },
  expression: rule,
};
export const times = { creationTime: 1_547_063_631_503, updateTime: 1_547_063_731_181 };
export const exportOf = (part: object): object => ({
  id: 7,
  status: 'SUCCEEDED',
  schema: { name: '_xdm.context.profile' },
  destination: { datasetId: 'd1' },
  ...times,
  ...part,
});
export const jobOf = (part: object): object => ({
  id: 'j1',
  status: 'SUCCEEDED',
  segments: [{ segmentId: 's1' }],
  ...times,
  ...part,
});

type Forms = (forms: Readonly<Record<string, object>>, selection: string, sees: object) => SeenForm[];

/** One thing in each of several forms, of which a client sees the same. */
const formsOf =
  (path: string, field: string, argument: string, bodyOf: (part: object) => object): Forms =>
  (forms, selection, sees) =>
    Object.entries(forms).map(([form, part]) => ({
      form,
      replies: { [`GET ${path}`]: json(bodyOf(part)) },
      asks: `{ ${field}(id: "${argument}") { ${selection} } }`,
      sees: { [field]: sees },
    }));

export const exportForms = formsOf('/export/jobs/7', 'exportJob', '7', exportOf);
export const jobForms = formsOf('/segment/jobs/j1', 'segmentJob', 'j1', jobOf);
export const definitionForms = formsOf('/segment/definitions/s1', 'segment', 's1', (whole) => whole);
