/** `npm run -s bench -- NAME [--json]`: runs one benchmark. With `--json` its last line is one JSON object. */
import { type Report, toJson, toTable } from './report.ts';

type Bench = { readonly about: string; readonly load: () => Promise<{ run: () => Promise<Report> }> };

const BENCHES: Readonly<Record<string, Bench>> = {
  compile: { about: 'parse, check and build of a generated project', load: () => import('./compile.ts') },
  verify: {
    about: 'cases of a public benchmark, and the examples: cold, cached and after an edit',
    load: () => import('./verify.ts'),
  },
  cases: { about: 'the verifier on cases of our own, some minutes', load: () => import('./cases.ts') },
  gas: { about: 'time per gas of every opcode and host call, on both tiers', load: () => import('./gas.ts') },
  vm: {
    about: 'both tiers beside other virtual machines and WebAssembly by hand',
    load: () => import('./vm.ts'),
  },
};

const args = process.argv.slice(2);
const name = args.find((arg) => !arg.startsWith('-'));
const bench = name === undefined ? undefined : BENCHES[name];
if (bench === undefined) {
  const list = Object.entries(BENCHES).map(([key, { about }]) => `  ${key.padEnd(10)} ${about}`);
  console.error(['usage: npm run -s bench -- NAME [--json]', ...list].join('\n'));
  process.exit(2);
}
const report = await (await bench.load()).run();
console.log(args.includes('--json') ? toJson(report) : toTable(report));
