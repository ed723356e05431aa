// Runs before every script, so it must parse on any Node: says what to install when this one is too old.
const major = Number(process.versions.node.split('.')[0]);
if (major < 24) {
  console.error(`CCL needs Node 24 or newer; this is Node ${process.versions.node}. Install it from https://nodejs.org, or run "npm ci" on a platform for which npm carries it (Linux x64 and arm64, Windows x64).`);
  process.exit(1);
}
