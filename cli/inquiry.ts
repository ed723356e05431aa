/**
 * What else can be asked of proofs: which cost most, what other solvers say, whether a certificate holds, what a
 * specification does not notice, and the obligations themselves as files.
 */
import {
  type Analysis,
  type core,
  decodeCertificate,
  lineOfPart,
  type Mutation,
  type MutationReport,
  mutate,
  type Report,
  RLIMIT_DEFAULT,
  type Row,
  recheck,
  workOf,
} from '../compiler/index.ts';
import { crossCheck, type SecondOpinion } from '../solver/index.ts';
import { type Exit, fail } from './failure.ts';
import { readText, writeFiles } from './file.ts';
import { columns, endProgress, jsonText, progress, type Terminal } from './terminal.ts';
import type { Verifier } from './verification.ts';

export type Inquiry = {
  readonly mutate?: true;
  readonly profile?: true;
  readonly crossCheck?: true;
  readonly certificate?: string;
  readonly emitSmt2?: string;
};

export type Inquired = {
  readonly analysis: Analysis;
  readonly contract: core.Contract;
  readonly report: Report;
};

type Asked = {
  readonly terminal: Terminal;
  readonly verifier: Verifier;
  readonly shown: readonly Inquired[];
  readonly options: Inquiry & { readonly json?: true; readonly rlimit?: string };
};

/** Answers what was asked for; null where nothing of it was, and the rows themselves are the answer. */
export async function inquire(asked: Asked): Promise<Exit | null> {
  const { options } = asked;
  if (options.emitSmt2 !== undefined) emitTexts(asked, options.emitSmt2);
  if (options.certificate !== undefined) return recheckCertificate(asked, options.certificate);
  if (options.crossCheck) return askOthers(asked);
  if (options.mutate) return tellMutants(asked);
  if (options.profile) return tellProfile(asked);
  return null;
}

// ---- the texts ---------------------------------------------------------------------------------

/** One file for each obligation that a solver was asked. */
function emitTexts({ terminal, shown }: Asked, folder: string): void {
  const texts = shown.flatMap(({ report }) =>
    report.rows.flatMap((row) => (row.asked === null ? [] : [{ row, text: row.asked.text }])),
  );
  writeFiles(
    folder,
    texts.map(({ row, text }) => [`${fileNameOf(row)}.smt2`, smt2Of(row, text)]),
  );
  terminal.note(`${texts.length} obligations are in ${folder}\n`);
}

function fileNameOf({ contract, rule, kind, name }: Row): string {
  return [contract, rule, kind, name]
    .filter((part) => part !== '')
    .join('.')
    .replaceAll(/[^A-Za-z0-9_.-]+/g, '_');
}

function smt2Of({ message, kind }: Row, text: string): string {
  const wanted = kind === 'vacuity' ? 'sat' : 'unsat';
  return `; ${message}: holds where the answer is ${wanted}\n(set-logic ALL)\n${text}(check-sat)\n`;
}

// ---- certificates ------------------------------------------------------------------------------

/** Four times what a limit class grants, over all proofs; a node grants less. */
const WORK_MAX = 2 ** 40;

async function recheckCertificate(asked: Asked, path: string): Promise<Exit> {
  const { terminal, verifier, shown, options } = asked;
  const [only, ...others] = shown;
  if (only === undefined || others.length > 0) return fail('C0503', { count: shown.length });
  const certificate = decodeCertificate(readText(path)) ?? fail('C0502', { path });
  const answer = await recheck(only.contract, certificate, verifier.solve, WORK_MAX);
  const { length: proofs } = certificate.proofs;
  if (options.json)
    terminal.out(jsonText({ ...answer, proofs, solver: certificate.solver, work: workOf(certificate) }));
  else if (answer.ok) terminal.out(`${path} holds: ${proofs} proofs were made again by ${verifier.solver}\n`);
  else terminal.out(`${answer.problem}\n`);
  return answer.ok ? 'fine' : 'wrong';
}

// ---- second opinions ---------------------------------------------------------------------------

type Opinion = { readonly row: Row; readonly ours: string; readonly others: readonly SecondOpinion[] };

/** Unknown agrees with everything; sat and unsat of one text are a defect in one of the two. */
async function askOthers({ terminal, shown, options }: Asked): Promise<Exit> {
  const rows = shown.flatMap(({ report }) => report.rows.filter(({ asked }) => asked !== null));
  const opinions: Opinion[] = [];
  for (const [i, row] of rows.entries()) {
    progress(terminal, `${i + 1} of ${rows.length} obligations`);
    const others = await crossCheck(row.asked!.text);
    if (others.length === 0) fail('C0501', {});
    opinions.push({ row, ours: row.asked!.status, others });
  }
  endProgress(terminal);
  const disputed = opinions.filter(isDisputed);
  if (options.json) terminal.out(jsonText(opinions.map(jsonOpinion)));
  else terminal.out(opinionText(opinions, disputed));
  return disputed.length === 0 ? 'fine' : 'defect';
}

function isDisputed({ ours, others }: Opinion): boolean {
  const said = new Set([ours, ...others.map(({ status }) => status)]);
  return said.has('sat') && said.has('unsat');
}

function jsonOpinion({ row: { contract, rule, kind, name }, ours, others }: Opinion): object {
  const said = Object.fromEntries(others.map(({ solver, status }) => [solver, status]));
  return { contract, rule, kind, name, ours, ...said };
}

function opinionText(opinions: readonly Opinion[], disputed: readonly Opinion[]): string {
  const solvers = [...new Set(opinions.flatMap(({ others }) => others.map(({ solver }) => solver)))];
  const sums = solvers.map((solver) => {
    const said = opinions.map(({ ours, others }) => [
      ours,
      others.find((one) => one.solver === solver)?.status,
    ]);
    const agree = said.filter(([ours, theirs]) => ours === theirs).length;
    const silent = said.filter(
      ([ours, theirs]) => ours !== theirs && (theirs === 'unknown' || ours === 'unknown'),
    );
    return `${solver}: agrees on ${agree} of ${opinions.length}, undecided on ${silent.length}\n`;
  });
  const lines = disputed.map(
    ({ row: { contract, rule, kind, name }, ours, others }) =>
      `disagreement: ${contract} ${rule} ${kind} ${name}: ${ours} against ${others.map(({ solver, status }) => `${solver} ${status}`).join(', ')}\n`,
  );
  return [...lines, ...sums].join('');
}

// ---- mutants -----------------------------------------------------------------------------------

const MUTANTS_MAX = 300;

async function tellMutants({ terminal, verifier, shown, options }: Asked): Promise<Exit> {
  const reports: (MutationReport & { readonly analysis: Analysis })[] = [];
  for (const { analysis, contract, report } of shown) {
    const mutations = await mutate(contract, report, {
      solve: verifier.solve,
      rlimit: options.rlimit === undefined ? RLIMIT_DEFAULT : Number(options.rlimit),
      mutantsMax: MUTANTS_MAX,
      onProgress: (done, total) => progress(terminal, `${contract.name}: ${done} of ${total} changes`),
    });
    endProgress(terminal);
    reports.push({ ...mutations, analysis });
  }
  if (options.json)
    terminal.out(
      jsonText(
        reports.flatMap(({ contract, mutations, analysis }) =>
          mutations.map((mutation) => ({ contract, ...jsonMutation(analysis, mutation) })),
        ),
      ),
    );
  else for (const report of reports) terminal.out(mutationText(report));
  return 'fine';
}

function jsonMutation({ parts }: Analysis, mutation: Mutation): object {
  const { kind, change, noticed, span } = mutation;
  const { number, text } = lineOfPart(parts, span.start);
  return { function: mutation.function, kind, line: number, text, change, noticed };
}

function mutationText({
  contract,
  mutations,
  left,
  analysis,
}: MutationReport & { readonly analysis: Analysis }): string {
  const unseen = mutations.filter(({ noticed }) => noticed === null);
  const lines = unseen.map((mutation) => {
    const { number, text } = lineOfPart(analysis.parts, mutation.span.start);
    return [`${number}`.padStart(5), mutation.function, mutation.change, `| ${text}`];
  });
  const seen = mutations.length - unseen.length;
  const share = mutations.length === 0 ? 100 : Math.floor((100 * seen) / mutations.length);
  const rest = left === 0 ? '' : `; ${left} more were not tried`;
  const head = unseen.length === 0 ? '' : `${contract}: no specification notices these changes\n`;
  return `${head}${columns(lines)}${contract}: ${seen} of ${mutations.length} changes are noticed (${share}%)${rest}\n`;
}

// ---- cost --------------------------------------------------------------------------------------

function tellProfile({ terminal, shown, options }: Asked): Exit {
  const rows = shown
    .flatMap(({ report }) => report.rows)
    .toSorted((a, b) => b.resource - a.resource || a.hash.localeCompare(b.hash, 'en'));
  const whole = rows.reduce((sum, { resource }) => sum + resource, 0);
  if (options.json) {
    terminal.out(
      jsonText(
        rows.map(({ contract, rule, kind, name, answer, resource }) => ({
          contract,
          rule,
          kind,
          name,
          answer,
          resource,
        })),
      ),
    );
    return 'fine';
  }
  const cells = rows
    .filter(({ resource }) => resource > 0)
    .map(({ resource, answer, rule, kind, name }) => [
      String(resource).padStart(9),
      answer,
      rule,
      kind,
      name,
    ]);
  terminal.out(`${columns(cells)}${String(whole).padStart(9)}  in all, of ${rows.length} obligations\n`);
  return 'fine';
}
