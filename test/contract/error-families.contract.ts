import { request as httpRequest } from 'node:http';
import type { GetTarget } from './target';
import { ask, paths } from './target';

/** Contract §3: which body an error has follows from the service that answers. */
export function errorFamiliesContract(target: GetTarget): void {
  test.each([
    paths.definitions,
    paths.segmentJobs,
    paths.exportJobs,
    paths.schedules,
    paths.mergePolicies,
    paths.templates,
  ])('an unknown id under %s is a 404 of family D', async (path) => {
    const answer = await ask(target(), `GET ${path}/4711`);
    expect(answer.status).toBe(404);
    expect(answer.body).toMatchObject({
      status: 404,
      requestId: expect.any(String) as string,
      errors: { '404': [{ message: expect.stringContaining('4711') as string }] },
    });
  });

  test.each([
    `${paths.datasets}/abc`,
    `${paths.batches}/abc`,
    `${paths.dataAccess}/files/abc-1`,
    `${paths.dataAccess}/batches/abc/files`,
    '/data/foundation/nothing',
  ])('an unknown thing at %s is a 404 of family C', async (path) => {
    const answer = await ask(target(), `GET ${path}`);
    expect([answer.status, answer.body]).toMatchObject([
      404,
      { status: 404, title: 'NotFoundError', detail: expect.any(String) as string },
    ]);
  });

  test('an unknown profile is a 404 of family E', async () => {
    const answer = await ask(
      target(),
      `GET ${paths.entities}?schema.name=_xdm.context.profile&entityId=nobody&entityIdNS=Email`,
    );
    expect([answer.status, answer.body]).toMatchObject([404, { statusCode: '404' }]);
  });

  test('a path that nobody knows under a known base is a 404 of its family', async () => {
    expect((await ask(target(), 'GET /data/core/ups/nothing/here')).body).toMatchObject({
      status: 404,
      errors: { '404': [expect.anything()] },
    });
  });

  test('a wrong method is a 405 that tells the right ones', async () => {
    const answer = await ask(target(), `POST ${paths.exportJobs}/726`, { body: {} });
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET, HEAD, DELETE']);
  });

  test.each([
    [`PUT ${paths.exportJobs}`, 'GET, HEAD, POST'],
    [`PATCH ${paths.preview}`, 'POST'],
    [`OPTIONS ${paths.definitions}`, 'GET, HEAD, POST'],
    [`OPTIONS ${paths.dataAccess}/files/x`, 'GET, HEAD'],
  ])('%s is a 405, whatever its content type', async (request, allow) => {
    for (const type of [null, 'text/css', 'application/json']) {
      const answer = await ask(target(), request, { headers: { 'content-type': type } });
      expect([answer.status, answer.headers.get('allow')]).toEqual([405, allow]);
    }
  });

  test('TRACE is a 405, and tells nothing of the request back', async () => {
    const { url, headers } = target();
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const request = httpRequest(url + paths.definitions, { method: 'TRACE', headers }, (answer) => {
        answer.resume().on('end', () => resolve(answer.statusCode));
      });
      request.on('error', reject).end();
    });
    expect(status).toBe(405);
  });

  test('a body without a content type is a 400 of family C', async () => {
    const answer = await ask(target(), `POST ${paths.definitions}`, { headers: { 'content-type': null } });
    expect([answer.status, answer.body]).toMatchObject([
      400,
      { title: 'BadRequestError', detail: 'A valid content-type must be specified' },
    ]);
  });

  test('a content type that is not JSON is a 415', async () => {
    const answer = await ask(target(), `POST ${paths.definitions}`, {
      raw: 'name=x',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
    expect([answer.status, answer.body]).toMatchObject([415, { title: 'UnsupportedMediaTypeError' }]);
  });

  test.each(['{', '{"__proto__": {}}', '"text"', '[]', 'null', ''])('the body %s is a 400', async (raw) => {
    const answer = await ask(target(), `POST ${paths.definitions}`, {
      raw,
      headers: { 'content-type': 'application/json' },
    });
    expect(answer.status).toBe(400);
  });

  test('a body of the wrong shape tells each field', async () => {
    const answer = await ask(target(), `POST ${paths.definitions}`, {
      body: { name: '', expression: { type: 'SQL', format: 'pql/text', value: 'x' } },
    });
    const body = answer.body as { type: string; errors: Record<string, { message: string }[]> };
    expect(body.type).toBe('https://ns.adobe.com/aep/errors/UPLIB-101206-500');
    expect(body.errors['400']?.map(({ message }) => message.split(' ')[0])).toEqual([
      'name',
      'schema',
      'expression.type',
    ]);
  });

  test.each([
    [
      `PATCH ${paths.mergePolicies}/x`,
      { op: 'add', path: '/none', value: 1 },
      /path must be \/name, \/schema.name/,
    ],
    [
      `PATCH ${paths.mergePolicies}/x`,
      [{ op: 'add', path: '/name', value: '' }],
      /0\.value must not be empty/,
    ],
    [`PATCH ${paths.mergePolicies}/x`, [], /The body must have 1 item/],
    [`PATCH ${paths.datasets}/x`, [{ op: 'add', path: '/tags' }], /0\.value must be there/],
    [
      `POST ${paths.exportJobs}`,
      {
        schema: { name: '_xdm.context.profile' },
        destination: { datasetId: 'x' },
        filter: { segments: [{ segmentId: 'x', status: 'gone' }] },
      },
      /filter\.segments\.0\.status must be realized, existing or exited/,
    ],
  ])('%s of a wrong body says which field, and what is allowed', async (request, body, message) => {
    const answer = await ask(target(), request, {
      body,
      headers: { 'content-type': Array.isArray(body) ? 'application/json-patch+json' : 'application/json' },
    });
    expect([answer.status, JSON.stringify(answer.body)]).toEqual([400, expect.stringMatching(message)]);
  });

  const profileSchema = { name: '_xdm.context.profile' };
  const rule = { type: 'PQL', format: 'pql/text', value: 'person.name.firstName = "x"' };
  test.each([
    [paths.definitions, { schema: profileSchema, expression: rule }],
    ['/data/core/ups/audiences', { schema: profileSchema, expression: rule }],
    ['/data/core/ups/audiences', { type: 'ExternalAudience' }],
    [paths.schedules, { type: 'batch_segmentation', properties: { segments: ['*'] } }],
    [paths.datasets, {}],
  ])('a name of blanks or with control characters is a 400 at %s', async (path, body) => {
    for (const name of [' \t ', '   ', 'a\u0000b', 'a\nb', 'a\u009bb']) {
      const answer = await ask(target(), `POST ${path}`, { body: { ...body, name } });
      expect([answer.status, JSON.stringify(answer.body)]).toEqual([
        400,
        expect.stringContaining('name must not'),
      ]);
    }
  });

  test.each([
    'limit=0',
    'limit=101',
    'limit=x',
    'start=-1',
    'sort=secret:asc',
    'sort=name:up',
    'sort=name:asc,name:desc',
    'evaluationInfo.continuous.enabled=yes',
    'limit=1&limit=2',
  ])('the query %s is a 400', async (query) => {
    expect((await ask(target(), `GET ${paths.definitions}?${query}`)).status).toBe(400);
  });

  test.each([
    `${paths.definitions}?start=1&limit=1&limit=1`,
    `${paths.exportJobs}?limit=5&limit=5&status=NEW&status=NEW`,
    `${paths.datasets}?limit=2&limit=2&name=x&name=x`,
    `${paths.mergePolicies}?limit=1&limit=1`,
  ])('a parameter that is there twice with one value is that value: %s', async (path) => {
    expect((await ask(target(), `GET ${path}`)).status).toBe(200);
  });

  test.each(['/%00', "/'%20OR%201=1", '/..%2f..%2fetc', `/${'x'.repeat(400)}`])(
    'the hostile id %s is a 404',
    async (id) => {
      expect((await ask(target(), `GET ${paths.segmentJobs}${id}`)).status).toBe(404);
    },
  );

  test('no error tells how the platform is made', async () => {
    const answers = await Promise.all([
      ask(target(), `GET ${paths.definitions}/4711`),
      ask(target(), `POST ${paths.definitions}`, { raw: '{' }),
      ask(target(), 'GET /%E0%A4%A'),
      ask(target(), `GET ${paths.entities}?schema.name=_xdm.context.profile&entityId=%27&entityIdNS=%27`),
    ]);
    for (const { bytes, status } of answers) {
      expect(status).toBeLessThan(500);
      expect(bytes.toString()).not.toMatch(/node_modules|\.ts:|\.js:|SELECT|stack|Bearer/i);
    }
  });
}
