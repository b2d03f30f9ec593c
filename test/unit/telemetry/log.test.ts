import { Secret } from '../../../src/lib/secret';
import { createLog } from '../../../src/telemetry/log';

function write(log: (logger: ReturnType<typeof createLog>) => void): string {
  const lines: string[] = [];
  log(
    createLog({
      level: 'trace',
      write: (line) => void lines.push(line),
      secrets: [new Secret('hush-hush-hush')],
    }),
  );
  return lines.join('');
}

describe('a line of the log', () => {
  it.each([
    ['a secret of the configuration', 'tried hush-hush-hush in vain', 'hush-hush-hush'],
    ['a bearer token', 'sent authorization: Bearer abc.def-ghi', 'abc.def-ghi'],
    ['a JWT', 'the token eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhZGEifQ.c2ln is bad', 'eyJzdWIiOiJhZGEifQ'],
    [
      'the token of a download link',
      'GET /files/abcdefghijklmnopqrstuvwxyz0123/x',
      'abcdefghijklmnopqrstuvwxyz0123',
    ],
    ['a parameter that tells', 'POST ?client_secret=s3cr3t&grant_type=x', 's3cr3t'],
  ])('does not hold %s, in a message, in a value, in an error or in its cause', (_what, text, canary) => {
    const cause = new Error(text);
    const written = write((log) => {
      log.info(text);
      log.warn({ text, deep: { list: [text] } }, 'values');
      log.error(
        { err: Object.assign(new Error(text, { cause }), { headers: { authorization: text } }) },
        'error',
      );
    });
    expect(written).not.toContain(canary);
    expect(written).toContain('[redacted]');
    for (const line of written.trim().split('\n')) expect(() => JSON.parse(line) as unknown).not.toThrow();
  });

  it('is one line whatever it quotes, without what would move the screen of its reader', () => {
    const hostile = 'a\r\n{"level":60,"msg":"forged"}\u001b[2J\u0000\u007f\u009b\u2028\u202eb';
    const written = write((log) => log.info({ hostile }, hostile));
    expect(written.match(/\n/g)).toHaveLength(1);
    expect(written.trim()).not.toMatch(/[^ -~]/);
    expect(JSON.parse(written)).toMatchObject({ msg: hostile, hostile });
  });

  it('is never longer than a reader can bear', () => {
    const written = write((log) => log.info({ long: 'x'.repeat(1_000_000) }, 'long'));
    expect(written.length).toBeLessThan(20_000);
    expect(() => JSON.parse(written) as unknown).not.toThrow();
  });

  it('tells of an error its name, message, code and stack, and none of its own properties', () => {
    const error = Object.assign(new TypeError('no good'), { code: 'E_BAD', body: 'a body' });
    const { err } = JSON.parse(write((log) => log.error({ err: error }))) as { err: Record<string, unknown> };
    expect(Object.keys(err).sort()).toEqual(['code', 'message', 'stack', 'type']);
  });
});
