// Builds the client package into client/dist: src/client as ES modules and as CommonJS, each with its types, and the
// schema for codegen. Run by `npm run build`; `npm pack ./client` then makes the package. Another folder to build the
// package in may be given.
import { copyFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const home = dirname(fileURLToPath(import.meta.url));
const root = dirname(home);
const folder = resolve(process.argv[2] ?? home);
const source = join(root, 'src', 'client');

const { config } = ts.readConfigFile(join(root, 'tsconfig.client.json'), ts.sys.readFile);
const { options, fileNames } = ts.parseJsonConfigFileContent(config, ts.sys, root, {
  outDir: join(folder, 'dist', 'esm'),
});
const program = ts.createProgram(fileNames, options);

const faults = ts.getPreEmitDiagnostics(program);
if (faults.length > 0) {
  process.stderr.write(
    ts.formatDiagnostics(faults, { ...ts.createCompilerHost(options), getNewLine: () => '\n' }),
  );
  process.exit(1);
}

rmSync(join(folder, 'dist'), { recursive: true, force: true });
for (const format of ['esm', 'cjs']) mkdirSync(join(folder, 'dist', format), { recursive: true });

program.emit(undefined, (path, text) => {
  const name = relative(join(folder, 'dist', 'esm'), path);
  writeFileSync(path, withExtensions(text));
  // Types of CommonJS differ from those of ES modules only by where they lie.
  if (name.endsWith('.d.ts')) writeFileSync(join(folder, 'dist', 'cjs', name), text);
});
for (const file of program.getSourceFiles().filter(({ fileName }) => fileName.startsWith(source))) {
  const { outputText } = ts.transpileModule(file.text, {
    compilerOptions: { ...options, module: ts.ModuleKind.CommonJS, moduleResolution: undefined },
  });
  writeFileSync(
    join(folder, 'dist', 'cjs', relative(source, file.fileName).replace(/\.ts$/, '.js')),
    outputText,
  );
}
writeFileSync(join(folder, 'dist', 'cjs', 'package.json'), '{ "type": "commonjs" }\n');
copyFileSync(join(root, 'schema.graphql'), join(folder, 'dist', 'schema.graphql'));
if (folder !== home)
  for (const name of ['package.json', 'README.md']) copyFileSync(join(home, name), join(folder, name));

/** Our sources name their neighbours without an extension; ES modules want it. */
function withExtensions(text) {
  return text.replace(/(from |import\()(['"])(\.\.?\/[\w/-]+)\2/g, '$1$2$3.js$2');
}
