/** The node's prover: what is proved is accepted, and nothing that was changed, left out or made up is. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { buildContract } from '../../cli/build.ts';
import { createProver } from '../../cli/prover.ts';
import { openTerminal } from '../../cli/terminal.ts';
import { verifyAll } from '../../cli/verification.ts';
import {
  analyse,
  build,
  type Certificate,
  certificateOf,
  claimsOf,
  encodeCertificate,
  importIcn,
  lowerProgram,
} from '../../compiler/index.ts';
import type { Deployment, Verdict } from '../../runtime/index.ts';
import { encodeArtifact, sha256 } from '../../vm/index.ts';
import { ROOT } from './shell.ts';

const WORK_MAX = 4_000_000_000;
const BANK = readFileSync(join(ROOT, 'examples', 'timebank', 'TimeBank.ccl'), 'utf8');
const SHIPPED = readFileSync(join(ROOT, 'examples', 'infrastructure-credit', 'original.ccl.json'), 'utf8');

/** `small` is no more than code can check: it takes many calls to break it. */
const GUARDED = `contract Guarded {
  state { a: Int; b: Int; }
  invariant small: b < 100;
  rule step() { a += 1; if a > 50_000 { b = 100; } }
}`;

type Made = { readonly source: string; readonly certificate: Certificate };
let bank: Made;
let drained: Made;

beforeAll(async () => {
  bank = await made(BANK);
  const imported = importIcn('original.ccl.json', SHIPPED);
  if (!imported.ok) throw new Error('the shipped contract is not imported');
  drained = await made(imported.source);
});

describe('a deployment', () => {
  test('that is what it says is accepted', async () => {
    expect(await verdictOn(deploymentOf(bank))).toEqual({ ok: true });
  });

  test('of bytes that the source does not give is refused', async () => {
    const { artifact, ...rest } = deploymentOf(bank);
    const changed = Uint8Array.from(artifact, (byte, at) => (at === artifact.length - 5 ? byte ^ 1 : byte));
    expect(await verdictOn({ ...rest, artifact: changed })).toMatchObject({ ok: false });
    const other = deploymentOf({ ...bank, source: BANK.replace('amount > 0 hours', 'amount >= 0 hours') });
    const swapped = { ...deploymentOf(bank), sources: other.sources };
    expect(await verdictOn(swapped)).toEqual({ ok: false, reason: 'the source compiles to other bytecode' });
  });

  test('of a source with errors, or without the contract, is refused', async () => {
    const text = (source: string) => ({
      ...deploymentOf(bank),
      sources: [{ name: 'TimeBank.ccl', text: source }],
    });
    expect(await verdictOn(text('contract {'))).toEqual({ ok: false, reason: 'the source has errors' });
    expect(await verdictOn(text('const a: Int = 1;\n'))).toEqual({
      ok: false,
      reason: 'the source has no contract TimeBank',
    });
  });

  test('whose certificate lacks a proof is refused, and so is one that claims what is not so', async () => {
    const proofs = bank.certificate.proofs.slice(1);
    const lacking = deploymentOf({ ...bank, certificate: { ...bank.certificate, proofs } });
    expect(await verdictOn(lacking)).toMatchObject({
      ok: false,
      reason: expect.stringMatching(/^not proved: /),
    });
    const invented = [...bank.certificate.proofs, { hash: 'ab'.repeat(32), limitClass: 10 }];
    const boasting = deploymentOf({ ...bank, certificate: { ...bank.certificate, proofs: invented } });
    expect(await verdictOn(boasting)).toMatchObject({
      ok: false,
      reason: expect.stringContaining('has no obligation'),
    });
  });

  test('that claims more than its certificate, which names a proof twice instead, is refused', async () => {
    const { certificate } = bank;
    const claimed = [...certificate.proofs, { hash: 'ab'.repeat(32), limitClass: 10 }];
    const boasting = deploymentOf({ ...bank, certificate: { ...certificate, proofs: claimed } });
    const repeated = { ...certificate, proofs: [...certificate.proofs, certificate.proofs[0]!] };
    const padded = new TextEncoder().encode(encodeCertificate(repeated));
    expect(await verdictOn({ ...boasting, certificate: padded })).toEqual({
      ok: false,
      reason: 'the certificate does not decode',
    });
  });

  test('that anyone can drain is refused, although its certificate is honest', async () => {
    const verdict = await verdictOn(deploymentOf(drained));
    expect(verdict).toMatchObject({
      ok: false,
      reason: expect.stringMatching(/^not proved: .*grant_credits/),
    });
  });

  test('whose proofs need more than is granted, or that does not decode, is refused', async () => {
    const deployment = deploymentOf(bank);
    expect(await createProver(1000)(deployment, AbortSignal.timeout(60_000))).toMatchObject({ ok: false });
    expect(await verdictOn({ ...deployment, certificate: new TextEncoder().encode('{}') })).toMatchObject({
      ok: false,
    });
    expect(await verdictOn({ ...deployment, artifact: new Uint8Array(3) })).toMatchObject({ ok: false });
    expect(await verdictOn({ ...deployment, sources: [] })).toEqual({
      ok: false,
      reason: 'there is no source',
    });
  });

  test('with guards is accepted as it was built, and with its marks alone or its code alone it is not', async () => {
    const analysis = analyse(new Map([['a.ccl', GUARDED]]), 'a.ccl');
    const [contract] = lowerProgram(analysis).contracts;
    const built = (await buildContract(openTerminal([]), analysis, contract!, { json: true }))!;
    const { marks, claims } = built.artifact;
    expect(marks).toEqual([{ kind: 'guard', clause: 'step: invariant small' }]);
    const honest = deploymentOf({ source: GUARDED, certificate: built.certificate });
    const withBytes = (bytes: Uint8Array): Deployment => ({
      ...honest,
      artifact: bytes,
      artifactHash: sha256(bytes),
    });
    expect(await verdictOn(withBytes(built.bytes))).toEqual({ ok: true });
    const markedOnly = encodeArtifact(build(contract!, { claims, marks }));
    expect(await verdictOn(withBytes(markedOnly))).toMatchObject({ ok: false });
    const unmarked = encodeArtifact({ ...built.artifact, marks: [] });
    expect(await verdictOn(withBytes(unmarked))).toMatchObject({ ok: false });
    expect(await verdictOn(honest)).toMatchObject({ ok: false });
  });

  test('is let go of when the node stops', async () => {
    const abort = new AbortController();
    const verdict = createProver(WORK_MAX)(deploymentOf(bank), abort.signal);
    abort.abort();
    await expect(verdict).rejects.toThrow();
  });
});

function verdictOn(deployment: Deployment): Promise<Verdict> {
  return createProver(WORK_MAX)(deployment, new AbortController().signal);
}

async function made(source: string): Promise<Made> {
  const analysis = analyse(new Map([['a.ccl', source]]), 'a.ccl');
  const contracts = lowerProgram(analysis).contracts;
  const [verified] = await verifyAll(openTerminal([]), analysis, contracts, { cache: false });
  return { source, certificate: certificateOf(verified!.report, verified!.solver) };
}

function deploymentOf({ source, certificate }: Made): Deployment {
  const analysis = analyse(new Map([['a.ccl', source]]), 'a.ccl');
  const claims = claimsOf(certificate);
  const artifact = encodeArtifact(build(lowerProgram(analysis).contracts[0]!, { claims, marks: [] }));
  return {
    contract: 'did:icn:contract:test',
    artifact,
    artifactHash: sha256(artifact),
    sources: [{ name: 'a.ccl', text: source }],
    claims,
    certificate: new TextEncoder().encode(encodeCertificate(certificate)),
  };
}
