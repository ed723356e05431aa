// Runs a script on Node 24 or newer: `node node24.cjs FILE ARGS`. Uses the Node that runs this, else the one that npm
// installed with the project (some npm versions install it without a link in `.bin`). Must itself run on any Node.
const { spawnSync } = require('node:child_process');
const { existsSync } = require('node:fs');
const { constants } = require('node:os');
const { delimiter, dirname, join } = require('node:path');

const NODE_MAJOR_MIN = 24;
const node = isNewEnough(process.versions.node) ? process.execPath : installedNode();
if (node === null) {
  console.error(
    `CCL needs Node ${NODE_MAJOR_MIN} or newer; this is Node ${process.versions.node}. Install it from https://nodejs.org, or run "npm ci" on a platform for which npm carries it (Linux x64 and arm64, Windows x64).`,
  );
  process.exit(3);
}
if (process.argv.length > 2) process.exit(run(node, process.argv.slice(2)));

function isNewEnough(version) {
  return Number(version.split('.')[0]) >= NODE_MAJOR_MIN;
}

function installedNode() {
  const [platform, program] = process.platform === 'win32' ? ['win', 'node.exe'] : [process.platform, 'node'];
  const path = join(__dirname, 'node_modules', `node-${platform}-${process.arch}`, 'bin', program);
  return existsSync(path) ? path : null;
}

// What the script starts in turn finds the same Node first on the path.
function run(program, args) {
  const PATH = dirname(program) + delimiter + process.env.PATH;
  const { status, signal, error } = spawnSync(program, args, { stdio: 'inherit', env: { ...process.env, PATH } });
  if (error) throw error;
  return signal === null ? status : 128 + constants.signals[signal];
}
