import { fork } from 'node:child_process';
import { once } from 'node:events';

/** One process of the bench: told what to do, one thing after the other. */
export interface Part {
  ask(order: Order): Promise<Answer>;
  stop(): Promise<void>;
}

export type Order = Readonly<Record<string, unknown>> & { readonly do: string };
export type Answer = Readonly<Record<string, unknown>>;

/** What a part does, by the word of the order. */
export type Skills = Readonly<Record<string, (order: Order) => Answer | Promise<Answer>>>;
export type Role = (args: readonly string[]) => Promise<Skills>;

/** A part in a process of its own. */
export function forkPart(role: string, args: readonly string[] = []): Part {
  const child = fork(require.resolve('../main'), ['--sockets-part', role, ...args], {
    execArgv: ['--expose-gc', '--max-old-space-size=4096'],
  });
  const waiting: Waiting[] = [];
  child.on('message', (answer: Answer) => waiting.shift()?.resolve(answer));
  child.once('exit', () => {
    for (const one of waiting.splice(0)) one.reject(new Error(`The ${role} of the bench has ended`));
  });
  return {
    ask: async (order) => {
      const answered = new Promise<Answer>((resolve, reject) => waiting.push({ resolve, reject }));
      child.send(order);
      const answer = await answered;
      if (typeof answer['failed'] === 'string') throw new Error(`${order.do}: ${answer['failed']}`);
      return answer;
    },
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}

interface Waiting {
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: Error) => void;
}

/** The other end of `forkPart`. */
export async function servePart(role: Role, args: readonly string[]): Promise<void> {
  const skills = role(args);
  let last: Promise<unknown> = skills.catch(() => undefined);
  process.on('message', (order: Order) => {
    last = last.then(async () => process.send?.(await answerOf(skills, order)));
  });
  await skills;
}

async function answerOf(skills: Promise<Skills>, order: Order): Promise<Answer> {
  try {
    const skill = (await skills)[order.do];
    if (skill === undefined) throw new Error('Nobody knows how');
    return await skill(order);
  } catch (error) {
    return { failed: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

/** A part in this process, for a test that everything runs; what it says of memory and CPU is then of the whole process. */
export async function startInProcess(role: Role, args: readonly string[] = []): Promise<Part> {
  const skills = await role(args);
  return {
    ask: async (order) => (await skills[order.do]?.(order)) ?? {},
    stop: async () => void (await skills['stop']?.({ do: 'stop' })),
  };
}

/** Memory after a collection where that can be asked for, and CPU so far, of this process. */
export function usage(): Answer {
  const collect = (globalThis as { readonly gc?: () => void }).gc;
  collect?.();
  collect?.();
  const { rss, heapUsed, external } = process.memoryUsage();
  return { rss, heap: heapUsed, external, ...cpu() };
}

export function cpu(): Answer {
  const { user, system } = process.cpuUsage();
  return { cpuUs: user + system, atMs: performance.now() };
}

/** Memory as it stands, whatever of it could be collected. */
export function resident(): Answer {
  return { rss: process.memoryUsage.rss() };
}

export async function usageOf(part: Part): Promise<{ readonly rss: number; readonly heap: number }> {
  const { rss, heap } = await part.ask({ do: 'usage' });
  return { rss: Number(rss), heap: Number(heap) };
}

export async function cpuOf(part: Part): Promise<{ readonly cpuUs: number; readonly atMs: number }> {
  const { cpuUs, atMs } = await part.ask({ do: 'cpu' });
  return { cpuUs: Number(cpuUs), atMs: Number(atMs) };
}

export async function urlOf(part: Part): Promise<string> {
  return String((await part.ask({ do: 'url' }))['url']);
}
