import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { openEngine, type Engine } from '../../../../src/platform/store/engine/engine';

const canary = 'ada.canary';
const tempFolder = mkdtempSync(join(tmpdir(), 'audience-engine-'));
let engine: Engine;
beforeAll(async () => {
  engine = await openEngine({ limits: { threads: 1, memoryLimit: '200MB', tempFolder } });
});
afterAll(() => {
  engine.close();
  rmSync(tempFolder, { recursive: true, force: true });
});

/** The error of a statement, and the line that a log writes of it. */
async function faultOf(work: Promise<unknown>): Promise<{ readonly error: Error; readonly line: string }> {
  const error: unknown = await work.then(
    () => new Error('the statement went through'),
    (fault: unknown) => fault,
  );
  const lines: string[] = [];
  pino({}, { write: (line: string) => void lines.push(line) }).error({ err: error }, 'a job failed');
  return { error: error as Error, line: lines.join('') };
}

test.each([
  ['a value that is quoted', `SELECT CAST('${canary}@example.com' AS INTEGER)`],
  ['a value with a quotation mark of its own', `SELECT CAST('${canary} O''Brien ${canary}' AS DATE)`],
  ['a document', `SELECT json('{"name": ${canary}}')`],
  ['the statement', `SELECT '${canary}' FROM missing_table`],
  ['a name', `SELECT "${canary}"`],
])('the log of a fault does not hold %s', async (_what, sql) => {
  const { line } = await faultOf(engine.rows(sql));
  expect(line).toContain('EngineFault');
  expect(line).not.toMatch(/canary|O'Brien|Brien|SELECT/u);
});

test('a bound value does not reach the log, neither from a statement nor from a prepared one', async () => {
  const statement = await engine.prepare('SELECT CAST($value AS INTEGER)');
  const faults = [
    await faultOf(engine.rows('SELECT CAST($value AS INTEGER)', { value: canary })),
    await faultOf(statement.rows({ value: canary })),
  ];
  statement.dispose();
  for (const { line } of faults) expect(line).not.toContain(canary);
});

test('the kind of the fault and what happened stay', async () => {
  const { error } = await faultOf(engine.rows(`SELECT CAST('${canary}' AS INTEGER)`));
  expect(error).toMatchObject({
    name: 'EngineFault',
    code: 'Conversion Error',
    message: 'Conversion Error: Could not convert string … to INT#',
  });
});
