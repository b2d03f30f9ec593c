import type { ScheduleListWire, ScheduleWire } from '../../src/wire/schedule.wire';
import type { GetTarget } from './target';
import { ask, must, paths } from './target';

const body = { name: 'nightly', type: 'batch_segmentation', properties: { segments: ['*'] } };

/** Contract §7. */
export function schedulesContract(target: GetTarget): void {
  afterEach(async () => {
    const { children } = await must<ScheduleListWire>(target(), `GET ${paths.schedules}`);
    for (const { id } of children) await must(target(), `DELETE ${paths.schedules}/${id}`);
  });

  const create = (changes: object = {}): Promise<ScheduleWire> =>
    must(target(), `POST ${paths.schedules}`, { body: { ...body, ...changes } });

  test('a schedule is made inactive and daily at 01:00 unless told otherwise; its times are seconds', async () => {
    const schedule = await create();
    expect(schedule).toMatchObject({
      state: 'inactive',
      schedule: '0 0 1 * * ?',
      properties: { segments: ['*'] },
    });
    expect(schedule.createEpoch).toBeLessThan(10_000_000_000);
    expect(await must(target(), `GET ${paths.schedules}/${schedule.id}`)).toEqual(schedule);
    expect(await must(target(), `GET ${paths.schedules}`)).toMatchObject({
      _page: { totalCount: 1, pageSize: 1 },
      children: [schedule],
      _links: { next: {} },
    });
  });

  test.each([
    ['0 0 1 * * ?', 'daily'],
    ['0 30 13 ? * *', 'daily'],
    ['0 0 1 ? * MON', 'weekly'],
    ['0 0 1 ? * MON-FRI', undefined],
    ['0 0 1 1 * ?', undefined],
    ['0 0 1 * 6 ?', undefined],
  ])('the schedule %s tells its frequency: %s', async (schedule, frequency) => {
    expect((await create({ schedule, frequency: 'daily' })).frequency).toBe(frequency);
  });

  test('a second one is refused', async () => {
    await create();
    expect((await ask(target(), `POST ${paths.schedules}`, { body })).status).toBe(400);
  });

  test.each(['0 0 1 * *', '0 0/30 1 * * ?', '0 0 1 * * *', 'daily', '0 0 1 * * ? 2020', '0 0 1 31 2 ?'])(
    'the cron %s is a 400',
    async (schedule) => {
      const answer = await ask(target(), `POST ${paths.schedules}`, { body: { ...body, schedule } });
      expect([answer.status, answer.body]).toMatchObject([
        400,
        { errors: { '400': [{ message: expect.stringMatching(/^schedule: /) as string }] } },
      ]);
    },
  );

  test('segments that are not there are refused', async () => {
    expect(
      (
        await ask(target(), `POST ${paths.schedules}`, {
          body: { ...body, properties: { segments: ['unknown'] } },
        })
      ).status,
    ).toBe(404);
    expect(
      (await ask(target(), `POST ${paths.schedules}`, { body: { ...body, properties: {} } })).status,
    ).toBe(400);
  });

  test.each([
    ['PATCH', 'add', 'list'],
    ['PATCH', 'replace', 'list'],
    ['PATCH', 'add', 'single'],
    ['POST', 'add', 'list'],
  ])('%s with op %s (%s) changes state and cron, and answers 204', async (method, op, form) => {
    const { id } = await create();
    const operations = [
      { op, path: '/state', value: 'active' },
      { op, path: '/schedule', value: '0 30 2 * * ?' },
    ];
    for (const sent of form === 'list' ? [operations] : operations) {
      const answer = await ask(target(), `${method} ${paths.schedules}/${id}`, { body: sent });
      expect([answer.status, answer.bytes.length]).toEqual([204, 0]);
    }
    expect(await must(target(), `GET ${paths.schedules}/${id}`)).toMatchObject({
      state: 'active',
      schedule: '0 30 2 * * ?',
    });
  });

  test.each([
    [{ op: 'remove', path: '/state', value: 'active' }],
    [{ op: 'add', path: '/name', value: 'x' }],
    [{ op: 'add', path: '/__proto__/state', value: 'active' }],
    [{ op: 'add', path: '/state', value: 'on' }],
    [{ op: 'add', path: '/schedule', value: '* * * * * ?' }],
  ])('the patch %j is a 400 and changes nothing', async (operation) => {
    const before = await create();
    expect((await ask(target(), `PATCH ${paths.schedules}/${before.id}`, { body: [operation] })).status).toBe(
      400,
    );
    expect(await must(target(), `GET ${paths.schedules}/${before.id}`)).toEqual(before);
  });

  test('an export schedule can be kept, but not be active', async () => {
    const { id } = await create({ type: 'export', properties: {} });
    expect(
      (
        await ask(target(), `PATCH ${paths.schedules}/${id}`, {
          body: [{ op: 'add', path: '/state', value: 'active' }],
        })
      ).status,
    ).toBe(400);
  });

  test('delete answers 204, then it is gone', async () => {
    const { id } = await create();
    expect((await ask(target(), `DELETE ${paths.schedules}/${id}`)).status).toBe(204);
    expect((await ask(target(), `GET ${paths.schedules}/${id}`)).status).toBe(404);
  });
}
