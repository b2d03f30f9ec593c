#!/usr/bin/env node
'use strict';
// `npx audience …`: installs and builds what is missing, then hands over to the command line.
const { join } = require('node:path');

import('../scripts/prepare.mjs').then(({ requireNode, ensureInstalled, ensureBuilt, root }) => {
  requireNode();
  ensureInstalled();
  ensureBuilt();
  require(join(root, 'dist', 'cli', 'main.js'));
});
