// `npm start`: installs and builds what is missing, then becomes the gateway.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ensureBuilt, ensureInstalled, requireNode, root } from './prepare.mjs';

requireNode();
ensureInstalled();
ensureBuilt();
process.argv[1] = join(root, 'dist', 'main.js');
await import(pathToFileURL(process.argv[1]).href);
