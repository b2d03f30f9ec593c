import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { printSchema } from 'graphql';
import { buildGatewaySchema } from './schema';

const schemaFile = resolve(__dirname, '..', '..', 'schema.graphql');

/** The schema as it is committed. */
export function printGatewaySchema(): string {
  const head =
    '# Printed from src/schema and src/resolvers by `node dist/server/print-schema.js`. Do not edit.\n\n';
  return `${head}${printSchema(buildGatewaySchema())}\n`;
}

/** Says where two texts first differ, for people; null where they are equal. Lines count from 1. */
export function firstDifference(expected: string, actual: string): string | null {
  if (expected === actual) return null;
  const expectedLines = expected.split('\n');
  const actualLines = actual.split('\n');
  const index = expectedLines.findIndex((line, at) => line !== actualLines[at]);
  const at = index === -1 ? expectedLines.length : index;
  return `line ${at + 1}: schema.graphql has ${quote(actualLines[at])}, the code says ${quote(expectedLines[at])}`;
}

function quote(line: string | undefined): string {
  return line === undefined ? 'nothing' : JSON.stringify(line);
}

function main(args: readonly string[]): void {
  const printed = printGatewaySchema();
  if (!args.includes('--check')) {
    writeFileSync(schemaFile, printed);
    process.stdout.write(`Wrote ${schemaFile}\n`);
    return;
  }
  const difference = firstDifference(printed, readFileSync(schemaFile, 'utf8'));
  if (difference === null) return;
  process.stderr.write(
    `schema.graphql is out of date, ${difference}\nRun: node dist/server/print-schema.js\n`,
  );
  process.exitCode = 1;
}

if (require.main === module) main(process.argv.slice(2));
