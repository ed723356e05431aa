/** Every route of the API, once: how it is asked, what it answers. `server.ts` serves the table and documents it. */
import { type AbiField, type Artifact, decodeArtifact } from '../../vm/index.ts';
import type { QueryResponse } from '../app/abci.ts';
import { TX_LIMITS } from '../codec/transaction.ts';
import type { Node, Settled, SubmitError } from '../node.ts';
import { type NodeError, type NodeErrorCode, nodeError } from '../refusal.ts';
import { renderAbi } from './abi.ts';
import { renderDeployment, renderHeader, renderProved, renderTransaction } from './answers.ts';
import { type Json, readArgs, renderHex, renderValue } from './values.ts';

export type Asked = {
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  readonly body: unknown;
  /** Aborts when the connection closes: nobody waits for the answer then. */
  readonly gone: AbortSignal;
};
export type Answer = { readonly status: number; readonly json: unknown; readonly retryAfterSeconds?: number };

/** The parts are JSON schemas: they check what comes in, and document it. */
export type Route = {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly summary: string;
  readonly params?: object;
  readonly query?: object;
  readonly body?: {
    readonly media: 'application/json' | 'application/octet-stream';
    readonly schema: object;
  };
  readonly answer: (node: Node, asked: Asked) => Answer | Promise<Answer>;
};

export const ERROR_SCHEMA = {
  description: 'a refusal',
  type: 'object',
  required: ['code', 'message'],
  properties: { code: { type: 'string' }, message: { type: 'string' } },
};

const TEXT = { type: 'string', minLength: 1, maxLength: 512 };
const HASH = { type: 'string', pattern: '^[0-9a-f]{64}$', description: 'SHA-256 in lower-case hexadecimal' };
const HEIGHT = {
  type: 'string',
  pattern: '^(latest|[1-9][0-9]{0,18})$',
  description: 'a height, or "latest"',
};
const FLAG = { type: 'string', enum: ['true', 'false'] };
const ARGS = {
  type: 'array',
  maxItems: TX_LIMITS.argsMax,
  description: 'as the ABI types them; integers as decimal strings',
};

function fields(properties: Readonly<Record<string, object>>, optional: readonly string[] = []): object {
  const required = Object.keys(properties).filter((name) => !optional.includes(name));
  return { type: 'object', properties, required, additionalProperties: false };
}

export const ROUTES: readonly Route[] = [
  {
    method: 'GET',
    url: '/api/health',
    summary: 'Whether the node runs, and where its chain stands',
    answer: (node) => ok(health(node)),
  },
  {
    method: 'POST',
    url: '/api/v1/transactions',
    summary: 'Submit a signed transaction: its canonical CBOR',
    body: { media: 'application/octet-stream', schema: { type: 'string', format: 'binary' } },
    answer: submit,
  },
  {
    method: 'GET',
    url: '/api/v1/transactions/:hash',
    summary: 'What became of a transaction; with `wait`, once it is in a block',
    params: fields({ hash: HASH }),
    query: fields({ wait: FLAG }, ['wait']),
    answer: findTransaction,
  },
  {
    method: 'GET',
    url: '/api/v1/deployments/:contract',
    summary: 'Whether a deployment waits, is callable or was dropped; with `wait`, once that is decided',
    params: fields({ contract: TEXT }),
    query: fields({ wait: FLAG }, ['wait']),
    answer: findDeployment,
  },
  {
    method: 'GET',
    url: '/api/v1/query',
    summary:
      'Ask the state by path; with `prove`, with a Merkle proof and the signed header that it holds against',
    query: fields({ path: { ...TEXT, maxLength: 2048 }, prove: FLAG }, ['prove']),
    answer: query,
  },
  {
    method: 'GET',
    url: '/api/v1/ledger/balance/:did',
    summary: 'Balances of an account, in smallest units, by currency',
    params: fields({ did: TEXT }),
    answer: (node, { params }) => ok({ did: params['did']!, balances: balancesOf(node, params['did']!) }),
  },
  {
    method: 'GET',
    url: '/api/v1/members/:did',
    summary: 'Key, sequence numbers and gas of a member',
    params: fields({ did: TEXT }),
    answer: (node, { params }) =>
      onAnswer(node.query(pathOf('member', params['did']!)), (answer) => ({
        ...(answer as object),
        nextSequence: node.nextSequence(params['did']!).toString(),
      })),
  },
  {
    method: 'GET',
    url: '/api/v1/contracts/:contract',
    summary: 'Who deployed a contract, for whom, when, its code hash, and the versions that it has had',
    params: fields({ contract: TEXT }),
    answer: (node, { params }) =>
      onAnswer(node.query(pathOf('contract', params['contract']!)), (answer) => answer),
  },
  {
    method: 'GET',
    url: '/api/v1/contracts/:contract/abi',
    summary: 'Entry points, types, events and currencies of a contract',
    params: fields({ contract: TEXT }),
    answer: (node, { params }) =>
      onArtifact(node, params['contract']!, (artifact) => ok(renderAbi(artifact))),
  },
  {
    method: 'POST',
    url: '/api/v1/contracts/:contract/views/:entry',
    summary: 'Call a view',
    params: fields({ contract: TEXT, entry: TEXT }),
    body: { media: 'application/json', schema: fields({ args: ARGS }) },
    answer: callView,
  },
  {
    method: 'POST',
    url: '/api/v1/contracts/:contract/simulate/:entry',
    summary: 'What a call of a rule by `sender` would return, use and take now',
    params: fields({ contract: TEXT, entry: TEXT }),
    body: { media: 'application/json', schema: fields({ sender: TEXT, args: ARGS }) },
    answer: simulate,
  },
  {
    method: 'GET',
    url: '/api/v1/headers/:height',
    summary: 'A block header with its signatures',
    params: fields({ height: HEIGHT }),
    answer: findHeader,
  },
];

function health(node: Node): Json {
  const { count, bytes } = node.waiting();
  return {
    status: 'ok',
    chainId: node.chainId,
    height: node.height().toString(),
    time: node.time().toString(),
    root: renderHex(node.root()),
    waiting: { count, bytes },
  };
}

function submit(node: Node, { body }: Asked): Answer {
  if (!(body instanceof Uint8Array))
    return fail(nodeError('WrongMediaType', { expected: 'application/octet-stream' }));
  const submitted = node.submit(body);
  return submitted.ok ? { status: 202, json: { hash: submitted.hash } } : refuseTransaction(submitted.error);
}

function refuseTransaction({ code, message, retryAfterSeconds }: SubmitError): Answer {
  if (retryAfterSeconds !== null) return { status: 503, json: { code, message }, retryAfterSeconds };
  return { status: STATUS[code] ?? 422, json: { code, message } };
}

async function findTransaction(node: Node, { params, query, gone }: Asked): Promise<Answer> {
  const hash = params['hash']!;
  const settled = query['wait'] === 'true' ? await node.waitFor(hash, gone) : null;
  if (settled !== null && !settled.ok) return fail(settled.error);
  const status = node.transaction(hash);
  return status === null ? fail(nodeError('UnknownTransaction', {})) : ok(renderTransaction(hash, status));
}

async function findDeployment(node: Node, { params, query, gone }: Asked): Promise<Answer> {
  const contract = params['contract']!;
  const settled = query['wait'] === 'true' ? await node.waitForDeployment(contract, gone) : null;
  if (settled !== null && !settled.ok) return fail(settled.error);
  const status = node.deployment(contract);
  return status === null ? fail(nodeError('UnknownDeployment', {})) : ok(renderDeployment(contract, status));
}

async function query(
  node: Node,
  { query: { path, prove }, gone }: Asked & { query: { path?: string; prove?: string } },
): Promise<Answer> {
  if (prove !== 'true')
    return onAnswer(node.query(path ?? ''), (answer) => ({ height: node.height().toString(), answer }));
  return onSettled(await node.prove(path ?? '', gone), (proved) =>
    proved.response.code === 0 ? ok(renderProved(proved)) : refuseQuery(proved.response),
  );
}

function balancesOf(node: Node, did: string): Json {
  const balances = node
    .currencies()
    .map((currency): [string, Json] => [
      currency,
      renderValue(node.query(pathOf('balance', currency, did)).answer),
    ]);
  return Object.fromEntries(balances);
}

function callView(node: Node, { params, body }: Asked): Answer {
  const { contract, entry } = params as { contract: string; entry: string };
  return onParams(node, contract, entry, (shape) => {
    const args = readArgs(shape, (body as { args: unknown }).args);
    if (!args.ok) return fail(nodeError('BadRequest', { reason: args.message }));
    return onAnswer(node.view({ contract, entry, args: args.value }), (value) => ({
      height: node.height().toString(),
      value,
    }));
  });
}

function simulate(node: Node, { params, body }: Asked): Answer {
  const { contract, entry } = params as { contract: string; entry: string };
  const { sender, args: given } = body as { sender: string; args: unknown };
  return onParams(node, contract, entry, (shape) => {
    const args = readArgs(shape, given);
    if (!args.ok) return fail(nodeError('BadRequest', { reason: args.message }));
    return onAnswer(node.simulate({ sender, contract, entry, args: args.value }), (answer) => answer);
  });
}

async function findHeader(node: Node, { params }: Asked): Promise<Answer> {
  const height = params['height'] === 'latest' ? node.height() : BigInt(params['height']!);
  const header = await node.header(height);
  return header === null ? fail(nodeError('UnknownHeight', {})) : ok(renderHeader(header));
}

// ---- answers -----------------------------------------------------------------------------------

/** HTTP statuses of refusals that are not 422. */
const STATUS: Readonly<Record<string, number>> = {
  Malformed: 400,
  Oversized: 413,
  BadQuery: 400,
  BadArguments: 400,
  UnknownPath: 404,
  NotFound: 404,
  UnknownContract: 404,
  UnknownEntry: 404,
  BadRequest: 400,
  UnknownTransaction: 404,
  UnknownDeployment: 404,
  UnknownHeight: 404,
  WrongMediaType: 415,
  SequenceWaiting: 409,
  Busy: 503,
  Stopped: 503,
  StorageFailed: 503,
  NodeFailed: 503,
} satisfies Partial<Record<NodeErrorCode, number>> & Record<string, number>;

function ok(json: unknown): Answer {
  return { status: 200, json };
}

function fail(error: NodeError): Answer {
  return { status: STATUS[error.code] ?? 422, json: error };
}

function refuseQuery({ name, log }: QueryResponse): Answer {
  return { status: STATUS[name] ?? 422, json: { code: name, message: log } };
}

function onAnswer(response: QueryResponse, render: (answer: Json) => unknown): Answer {
  return response.code === 0 ? ok(render(renderValue(response.answer))) : refuseQuery(response);
}

function onSettled<T>(settled: Settled<T>, render: (value: T) => Answer): Answer {
  return settled.ok ? render(settled.value) : fail(settled.error);
}

function onArtifact(node: Node, contract: string, answer: (artifact: Artifact) => Answer): Answer {
  const response = node.query(pathOf('code', contract));
  if (response.code !== 0 || !(response.answer instanceof Uint8Array)) return refuseQuery(response);
  const decoded = decodeArtifact(response.answer);
  if (!decoded.ok) throw new Error(`the code of ${contract} does not decode`);
  return answer(decoded.artifact);
}

function onParams(
  node: Node,
  contract: string,
  entry: string,
  answer: (params: readonly AbiField[]) => Answer,
): Answer {
  return onArtifact(node, contract, (artifact) => {
    const found = artifact.entries.find(
      ({ name, kind }) => name === entry && kind !== 'init' && kind !== 'upgrade',
    );
    if (found === undefined)
      return refuseQuery({
        name: 'UnknownEntry',
        log: `${artifact.name} has no entry point ${entry}`,
      } as QueryResponse);
    return answer(found.params);
  });
}

function pathOf(...parts: readonly string[]): string {
  return parts.map((part) => `/${encodeURIComponent(part)}`).join('');
}
