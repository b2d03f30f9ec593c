import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { allCases } from './cases/all-cases';
import type { CaseResult } from './cases/bench-case';
import { prepareDataSet, type DataSet } from './data-set';
import type { DataSetSize } from './people';
import { benchGateway, runPart } from './gateway/run';
import { peakMemoryMb } from './measure';
import { benchSockets, runSocketsPart } from './sockets/run';
import { report, type ReportedCase } from './report';

const help = `node bench/run.mjs [options]

  --profiles N             profiles of 25 fields (1000000)
  --events-per-profile N   events of 13 fields each (10); 0 leaves out what needs events
  --skewed                 a few people have most of the events
  --seed N                 other people (1)
  --rounds N               how often each contender is timed, in turn (3)
  --cases A,B              only these: ${allCases.map(({ name }) => name).join(', ')}
  --cache FOLDER           where data sets are kept (a folder of its own in the system's temporary one)

node bench/run.mjs gateway   CPU of the gateway a request, beside a plain Apollo and a proxy
node bench/run.mjs sockets [--sockets N] [--seconds N]
                             what subscribers cost (10000), beside plain sockets; changes without pause (10)

Prints markdown on stdout, progress on stderr. Each case runs in a process of its own.
`;

interface Options {
  readonly size: DataSetSize;
  readonly rounds: number;
  readonly cases: readonly string[];
  readonly cache: string | undefined;
}

const log = (line: string): void => void process.stderr.write(`${line}\n`);

async function main(args: readonly string[]): Promise<number> {
  const [first, second] = args;
  if (first === '--run-case' && second !== undefined) return runCase(second);
  if (first === '--gateway-part') return runPart(args.slice(1));
  if (first === 'gateway') return benchGateway();
  if (first === '--sockets-part') return runSocketsPart(args.slice(1));
  if (first === 'sockets') return benchSockets(args.slice(1));
  const options = readOptions(args);
  if (options === undefined) {
    process.stdout.write(help);
    return 0;
  }
  const { cache, size } = options;
  const dataSet = await prepareDataSet(size, { log, ...(cache === undefined ? {} : { cache }) });
  const cases = allCases.filter(
    ({ name, needsEvents }) =>
      (options.cases.length === 0 || options.cases.includes(name)) &&
      (!needsEvents || size.eventsPerProfile > 0),
  );
  const reported = cases.map((one) => {
    log(`- ${one.title} …`);
    return { title: one.title, ...inOwnProcess({ name: one.name, dataSet, rounds: options.rounds }) };
  });
  process.stdout.write(`${report(size, reported)}\n`);
  return reported.some(({ outcome }) => typeof outcome === 'string') ? 1 : 0;
}

function readOptions(args: readonly string[]): Options | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: {
      profiles: { type: 'string', default: '1000000' },
      'events-per-profile': { type: 'string', default: '10' },
      skewed: { type: 'boolean', default: false },
      seed: { type: 'string', default: '1' },
      rounds: { type: 'string', default: '3' },
      cases: { type: 'string', default: '' },
      cache: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return undefined;
  const cases = values.cases.split(',').filter((name) => name !== '');
  const unknown = cases.find((name) => !allCases.some((one) => one.name === name));
  if (unknown !== undefined) throw new Error(`There is no case "${unknown}". See --help.`);
  return {
    size: {
      profiles: wholeNumber(values.profiles, 1),
      eventsPerProfile: wholeNumber(values['events-per-profile'], 0),
      isSkewed: values.skewed,
      seed: wholeNumber(values.seed, 0),
    },
    rounds: wholeNumber(values.rounds, 1),
    cases,
    cache: values.cache,
  };
}

function wholeNumber(text: string, least: number): number {
  const number = Number(text);
  if (Number.isSafeInteger(number) && number >= least) return number;
  throw new Error(`"${text}" is not a whole number of at least ${least}.`);
}

interface CaseToRun {
  readonly name: string;
  readonly dataSet: DataSet;
  readonly rounds: number;
}

function inOwnProcess(run: CaseToRun): Omit<ReportedCase, 'title'> {
  const child = spawnSync(process.execPath, [__filename, '--run-case', JSON.stringify(run)], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  if (child.status !== 0) {
    log(child.stderr);
    return { outcome: `ended with code ${child.status ?? 'none'}`, peakMemoryMb: undefined };
  }
  return JSON.parse(child.stdout) as { outcome: CaseResult; peakMemoryMb: number | undefined };
}

async function runCase(text: string): Promise<number> {
  const { name, dataSet, rounds } = JSON.parse(text) as CaseToRun;
  const found = allCases.find((one) => one.name === name);
  if (found === undefined) throw new Error(`There is no case "${name}".`);
  const outcome = await found.run({ dataSet, rounds });
  process.stdout.write(JSON.stringify({ outcome, peakMemoryMb: peakMemoryMb() }));
  return 0;
}

main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    log(error instanceof Error ? (error.stack ?? error.message) : String(error));
    process.exitCode = 1;
  },
);
