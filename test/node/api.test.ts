/** The API over HTTP: what it answers, and what it says to bad input. */
import { once } from 'node:events';
import { request } from 'node:http';
import { createConnection } from 'node:net';
import { expect, test } from 'vitest';
import { serveApi } from '../../runtime/api/server.ts';
import {
  BODY_BYTES_MAX,
  foundChain,
  NODE_ERRORS,
  type Node,
  readProved,
  trustOf,
  verifyQuery,
} from '../../runtime/index.ts';
import { nodeError } from '../../runtime/refusal.ts';
import { deploy } from './timebank.ts';
import {
  DIDS,
  freshFolder,
  GENESIS,
  HOURS,
  hexOf,
  optionsFor,
  pay,
  runNode,
  settle,
  transferOf,
} from './world.ts';

// biome-ignore lint/suspicious/noExplicitAny: answers are compared, field by field
type Json = { readonly [name: string]: any };

test('health says where the chain stands', async () => {
  const { node, get } = await served();
  expect(await get('/api/health')).toEqual({
    status: 200,
    json: {
      status: 'ok',
      chainId: node.chainId,
      height: '1',
      time: '1800000000',
      root: hexOf(node.root()),
      waiting: { count: 0, bytes: 0 },
    },
  });
});

test('a transaction goes in as bytes and comes back with its result', async () => {
  const { node, get, post } = await served();
  const sent = await post('/api/v1/transactions', transferOf(1, node.chainId, 0n, 250n));
  expect(sent.status).toBe(202);
  const { hash } = sent.json;
  const found = await get(`/api/v1/transactions/${hash}?wait=true`);
  expect(found.status).toBe(200);
  expect(found.json).toMatchObject({
    hash,
    status: 'committed',
    height: '2',
    index: 0,
    result: { code: 0, name: 'Ok', log: '', data: '', value: null },
  });
  expect(found.json['result'].gasUsed).toMatch(/^[0-9]+$/);
  expect(found.json['result'].events[0]).toMatchObject({
    source: 'ledger',
    fields: { currency: HOURS, amount: '250' },
  });
  expect(await get(`/api/v1/transactions/${hash}`)).toEqual(found);
  expect((await get(`/api/v1/ledger/balance/${DIDS[1]}`)).json).toEqual({
    did: DIDS[1],
    balances: { [HOURS]: '-250' },
  });
  expect((await get(`/api/v1/members/${DIDS[1]}`)).json).toMatchObject({
    did: DIDS[1],
    sequence: '1',
    nextSequence: '1',
  });
});

test('a proved answer is verified by a client that only knows the genesis', async () => {
  const { node, get } = await served();
  await pay(node, 1, 250n);
  const founding = foundChain(GENESIS);
  if (!founding.ok) throw new Error(founding.message);
  const path = encodeURIComponent(`/balance/${encodeURIComponent(HOURS)}/${DIDS[2]}`);
  const answer = await get(`/api/v1/query?path=${path}&prove=true`);
  expect(answer.json).toMatchObject({ answer: '250', header: { height: '3' } });
  const proved = readProved(answer.json)!;
  expect(verifyQuery(proved, trustOf(founding.value))).toEqual({ ok: true });
  expect(verifyQuery({ ...proved, value: null }, trustOf(founding.value)).ok).toBe(false);
  expect(readProved({ ...answer.json, proof: 'zz' })).toBeNull();
  expect(readProved('nothing')).toBeNull();
  expect((await get(`/api/v1/query?path=${path}`)).json).toMatchObject({ answer: '250' });
});

test('contracts: information, ABI, views and simulations', async () => {
  const { node, get, postJson } = await served();
  const contract = await deploy(node);
  expect((await get(`/api/v1/deployments/${contract}?wait=true`)).json).toMatchObject({
    contract,
    status: 'callable',
    reason: null,
  });
  expect((await get(`/api/v1/contracts/${contract}`)).json).toMatchObject({
    id: contract,
    name: 'TimeBank',
    creator: DIDS[0],
    currencies: [HOURS],
  });
  const abi = (await get(`/api/v1/contracts/${contract}/abi`)).json;
  expect(abi).toMatchObject({
    name: 'TimeBank',
    currencies: [{ name: 'hours', decimals: 2, kind: 'mutual' }],
    capabilities: ['ledger.write'],
  });
  expect(abi['entries'].find((entry: Json) => entry['name'] === 'record')).toMatchObject({
    kind: 'rule',
    params: [
      { name: 'provider', type: { kind: 'Did' } },
      { name: 'amount', type: { kind: 'Amount', currency: 'hours' } },
    ],
    takes: ['hours'],
    gasMax: expect.stringMatching(/^[0-9]+$/),
  });
  const base = `/api/v1/contracts/${contract}`;
  expect((await postJson(`${base}/views/hours_of`, { args: [DIDS[0]] })).json).toMatchObject({ value: '0' });
  expect((await postJson(`${base}/simulate/join`, { sender: DIDS[1], args: [] })).json).toMatchObject({
    result: null,
    spends: [],
  });
  expect(await postJson(`${base}/simulate/record`, { sender: DIDS[1], args: [DIDS[0], '5'] })).toMatchObject({
    status: 422,
    json: { code: 'ExecutionFailed', message: 'both must be members' },
  });
  const wrong = [
    [`${base}/views/hours_of`, { args: [] }, 'expected 1 arguments (member)'],
    [`${base}/views/hours_of`, { args: [5] }, 'member: expected text'],
    [
      `${base}/simulate/record`,
      { sender: DIDS[1], args: [DIDS[0], 'five'] },
      'amount: expected an integer as a decimal string',
    ],
    [
      `${base}/simulate/record`,
      { sender: DIDS[1], args: [DIDS[0], 2 ** 60] },
      'amount: expected an integer as a decimal string',
    ],
    [
      `${base}/simulate/record`,
      { sender: DIDS[1], args: [DIDS[0], '9223372036854775808'] },
      'amount: expected an integer of 64 bits',
    ],
  ] as const;
  for (const [url, body, message] of wrong)
    expect(await postJson(url, body)).toEqual({ status: 400, json: { code: 'BadRequest', message } });
  expect((await postJson(`${base}/views/none`, { args: [] })).json['code']).toBe('UnknownEntry');
  expect((await postJson(`${base}/views/join`, { args: [] })).json['code']).toBe('NotAView');
});

test('headers by height, linked by their hashes', async () => {
  const { node, get } = await served();
  await pay(node, 1, 1n);
  await settle(node);
  const [first, second] = [await get('/api/v1/headers/1'), await get('/api/v1/headers/2')];
  expect(second.json['previousHash']).toBe(first.json['hash']);
  expect(first.json).toMatchObject({
    chainId: node.chainId,
    height: '1',
    proposer: DIDS[0],
    previousHash: '00'.repeat(32),
  });
  expect((await get('/api/v1/headers/latest')).json['height']).toBe(node.height().toString());
});

test('the document of the API names every route', async () => {
  const { get } = await served();
  const { json } = await get('/api/docs');
  expect(json['openapi']).toBe('3.0.3');
  expect(Object.keys(json['paths']).sort()).toEqual([
    '/api/health',
    '/api/v1/contracts/{contract}',
    '/api/v1/contracts/{contract}/abi',
    '/api/v1/contracts/{contract}/simulate/{entry}',
    '/api/v1/contracts/{contract}/views/{entry}',
    '/api/v1/deployments/{contract}',
    '/api/v1/headers/{height}',
    '/api/v1/ledger/balance/{did}',
    '/api/v1/members/{did}',
    '/api/v1/query',
    '/api/v1/transactions',
    '/api/v1/transactions/{hash}',
  ]);
});

test('every mistake gets its status, a stable code and a sentence', async () => {
  const { node, get, post, postJson, raw } = await served();
  const contract = `/api/v1/contracts/${encodeURIComponent('did:icn:contract:none')}`;
  const cases: [string, { status: number; json: Json }, number, string][] = [
    ['unknown route', await get('/api/nothing'), 404, 'NoRoute'],
    ['wrong method', await get('/api/v1/transactions'), 404, 'NoRoute'],
    ['bad percent-encoding', await get('/api/%zz'), 400, 'BadRequest'],
    ['bad hash', await get('/api/v1/transactions/zz'), 400, 'BadRequest'],
    ['unknown hash', await get(`/api/v1/transactions/${'0'.repeat(64)}`), 404, 'UnknownTransaction'],
    [
      'unknown hash, waiting',
      await get(`/api/v1/transactions/${'0'.repeat(64)}?wait=true`),
      404,
      'UnknownTransaction',
    ],
    ['bad flag', await get(`/api/v1/transactions/${'0'.repeat(64)}?wait=maybe`), 400, 'BadRequest'],
    ['unknown parameter', await get('/api/v1/query?path=/chain&x=1'), 400, 'BadRequest'],
    ['missing parameter', await get('/api/v1/query'), 400, 'BadRequest'],
    ['unknown path', await get('/api/v1/query?path=/nothing'), 404, 'UnknownPath'],
    ['unknown path, proved', await get('/api/v1/query?path=/nothing&prove=true'), 404, 'UnknownPath'],
    ['height zero', await get('/api/v1/headers/0'), 400, 'BadRequest'],
    ['height to come', await get('/api/v1/headers/9223372036854775807'), 404, 'UnknownHeight'],
    ['unknown member', await get('/api/v1/members/did:icn:none'), 404, 'NotFound'],
    ['unknown contract', await get(contract), 404, 'NotFound'],
    ['unknown contract, ABI', await get(`${contract}/abi`), 404, 'NotFound'],
    ['unknown contract, view', await postJson(`${contract}/views/x`, { args: [] }), 404, 'NotFound'],
    ['unknown deployment', await get('/api/v1/deployments/none?wait=true'), 404, 'UnknownDeployment'],
    ['a member of many bytes', await get(`/api/v1/members/${'%E2%82%AC'.repeat(500)}`), 404, 'NotFound'],
    [
      'a key of many bytes',
      await get(`/api/v1/query?path=/member/${'%E2%82%AC'.repeat(1500)}`),
      404,
      'NotFound',
    ],
    ['overlong parameter', await get(`/api/v1/members/${'x'.repeat(600)}`), 400, 'BadRequest'],
    ['bad JSON', await raw(`${contract}/views/x`, 'application/json', '{'), 400, 'BadRequest'],
    ['no JSON', await raw(`${contract}/views/x`, 'application/json', ''), 400, 'BadRequest'],
    [
      'poisoned JSON',
      await raw(`${contract}/views/x`, 'application/json', '{"args":[],"__proto__":{}}'),
      400,
      'BadRequest',
    ],
    ['missing field', await postJson(`${contract}/views/x`, {}), 400, 'BadRequest'],
    ['unknown field', await postJson(`${contract}/views/x`, { args: [], more: 1 }), 400, 'BadRequest'],
    ['wrong media type', await raw('/api/v1/transactions', 'text/plain', 'x'), 415, 'WrongMediaType'],
    ['JSON for bytes', await postJson('/api/v1/transactions', {}), 415, 'WrongMediaType'],
    ['bytes for JSON', await post(`${contract}/views/x`, Uint8Array.of(1)), 415, 'WrongMediaType'],
    [
      'body too large',
      await post('/api/v1/transactions', new Uint8Array(BODY_BYTES_MAX + 1)),
      413,
      'BodyTooLarge',
    ],
    ['not a transaction', await post('/api/v1/transactions', Uint8Array.of(1, 2, 3)), 400, 'Malformed'],
    ['another chain', await post('/api/v1/transactions', transferOf(1, 'other', 0n, 1n)), 422, 'WrongChain'],
    [
      'a sequence too far',
      await post('/api/v1/transactions', transferOf(1, node.chainId, 999n, 1n)),
      422,
      'SequenceTooFar',
    ],
  ];
  for (const [what, { status, json }, expectedStatus, code] of cases) {
    expect({ what, status, code: json['code'] }).toEqual({ what, status: expectedStatus, code });
    expect(json['message'].length).toBeGreaterThan(10);
    expect(Object.keys(json).sort()).toEqual(['code', 'message']);
  }
  expect((await get('/api/health')).status).toBe(200);
});

test('state keys that cannot be stored are not there, and that is proved', async () => {
  const { get } = await served();
  for (const key of ['', 'x'.repeat(1_979), '\u20ac'.repeat(1_500)]) {
    const { status, json } = await get(`/api/v1/query?prove=true&path=/state/${encodeURIComponent(key)}`);
    expect({ status, value: json['value'] }).toEqual({ status: 200, value: null });
  }
});

test('a wait ends with its connection, the waits queued behind it too', async () => {
  const { node } = await served();
  const signals: AbortSignal[] = [];
  const begun = Promise.withResolvers<void>();
  const waitFor: Node['waitFor'] = (_, gone) => {
    signals.push(gone!);
    if (signals.length === 3) begun.resolve();
    return once(gone!, 'abort').then(() => ({ ok: false, error: nodeError('Abandoned', {}) }));
  };
  const opened = await serveApi({ ...node, waitFor }, { host: '127.0.0.1', port: 0 }, () => {});
  if (!opened.ok) throw new Error(opened.error.message);
  const socket = createConnection(opened.api.address.port, '127.0.0.1');
  socket.write(`GET /api/v1/transactions/${'0'.repeat(64)}?wait=true HTTP/1.1\r\nhost: x\r\n\r\n`.repeat(3));
  await begun.promise;
  expect(signals.map(({ aborted }) => aborted)).toEqual([false, false, false]);
  socket.destroy();
  await Promise.all(signals.map((signal) => signal.aborted || once(signal, 'abort')));
  await opened.api.close();
});

test('a full queue says when to come again', async () => {
  const pool = { countMax: 1, bytesMax: 1 << 20, perSenderMax: 1, blocksMax: 10 };
  const { node, url, post } = await served({ pool });
  await post('/api/v1/transactions', transferOf(1, node.chainId, 5n, 1n));
  const response = await fetch(`${url}/api/v1/transactions`, {
    method: 'POST',
    headers: { 'content-type': 'application/octet-stream' },
    body: Buffer.from(transferOf(2, node.chainId, 0n, 1n)),
  });
  expect([response.status, response.headers.get('retry-after'), await response.json()]).toEqual([
    503,
    '2',
    { code: 'Busy', message: NODE_ERRORS.Busy },
  ]);
});

test('a defect of ours is told to the operator, not to the caller', async () => {
  const { node } = await served();
  const told: string[] = [];
  const broken: Node = {
    ...node,
    height: () => {
      throw new Error('a secret of ours');
    },
  };
  const address = { host: '127.0.0.1', port: 0 };
  const api = await serveApi(broken, address, (request, error) => told.push(`${request}: ${error.message}`));
  if (!api.ok) throw new Error(api.error.message);
  const response = await fetch(`http://127.0.0.1:${api.api.address.port}/api/health?x=1`);
  expect([response.status, await response.json()]).toEqual([
    500,
    { code: 'Defect', message: NODE_ERRORS.Defect },
  ]);
  expect(told).toEqual(['GET /api/health: a secret of ours']);
  await api.api.close();
});

test('no other origin is let in', async () => {
  const { url } = await served();
  const response = await fetch(`${url}/api/health`, { headers: { origin: 'http://elsewhere.example' } });
  expect([...response.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
  expect(
    (await fetch(`${url}/api/health`, { method: 'OPTIONS', headers: { origin: 'http://elsewhere.example' } }))
      .status,
  ).toBe(404);
});

test('what is not HTTP, and a request that is never finished, do no harm; a stopping node ends what waits', async () => {
  const { node, url, get, post } = await served({ intervalMs: 1 << 30 });
  const { port } = new URL(url);
  await new Promise<void>((resolve) => {
    const socket = createConnection(Number(port), '127.0.0.1', () =>
      socket.end('\u0000\u0001 nonsense\r\n\r\n'),
    );
    socket.on('close', () => resolve()).resume();
  });
  const unfinished = request(`${url}/api/v1/transactions`, {
    method: 'POST',
    headers: { 'content-length': '100', 'content-type': 'application/octet-stream' },
  });
  const broken = new Promise((resolve) => unfinished.on('error', resolve));
  unfinished.write('x');
  expect((await get('/api/health')).status).toBe(200);
  const { hash } = (await post('/api/v1/transactions', transferOf(1, node.chainId, 0n, 1n))).json;
  const waiting = get(`/api/v1/transactions/${hash}?wait=true`);
  expect((await get('/api/health')).json['waiting'].count).toBe(1);
  await node.stop();
  expect(await waiting).toMatchObject({ status: 503, json: { code: 'Stopped' } });
  await broken;
});

async function served(more: object = {}) {
  const options = {
    ...optionsFor(await freshFolder()),
    prover: async () => ({ ok: true }) as const,
    api: { host: '127.0.0.1', port: 0 },
    ...more,
  };
  const node: Node = await runNode(options);
  const url = `http://127.0.0.1:${node.address!.port}`;
  const answer = async (response: Response) => ({
    status: response.status,
    json: (await response.json()) as Json,
  });
  const raw = async (path: string, type: string, body: string | Uint8Array) =>
    answer(
      await fetch(url + path, {
        method: 'POST',
        headers: { 'content-type': type },
        body: typeof body === 'string' ? body : Buffer.from(body),
      }),
    );
  return {
    node,
    url,
    raw,
    get: async (path: string) => answer(await fetch(url + path)),
    post: (path: string, body: Uint8Array) => raw(path, 'application/octet-stream', body),
    postJson: (path: string, body: unknown) => raw(path, 'application/json', JSON.stringify(body)),
  };
}
