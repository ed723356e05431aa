/** A node over its REST API: questions and signed bytes in, its answers out. What it refuses or does not answer is a failure. */
import { transactionHash } from '../runtime/index.ts';
import { fail } from './failure.ts';

export type Client = {
  readonly url: string;
  readonly get: (path: string, query?: { readonly [name: string]: string }) => Promise<Answer>;
  readonly post: (path: string, json: unknown) => Promise<Answer>;
  /** Asks what a call would do; one that would fail is a failure of its own. */
  readonly simulate: (path: string, json: unknown) => Promise<Answer>;
  /** One that is sent may be in a block although no answer comes: the failure names its hash. */
  readonly submit: (transaction: Uint8Array) => Promise<Answer>;
  /** What became of a transaction that was sent, once it is in a block. */
  readonly awaited: (hash: string) => Promise<Answer>;
};
/** The fields of an answer; reading one that is not there is a failure. */
export type Answer = {
  readonly json: unknown;
  readonly text: (field: string) => string;
  readonly field: (field: string) => unknown;
};

export const NODE_URL = 'http://127.0.0.1:26680';

const TIMEOUT_MS = 15_000;
/** For requests that wait for a block or a proof. */
const WAIT_MS = 300_000;

export function openClient(text: string): Client {
  const url = baseUrl(text);
  const post = (path: string, type: string, body: string | Uint8Array, refusal: Refusal) =>
    ask({ url, path, init: bodyOf(type, body), timeoutMs: TIMEOUT_MS, refusal });
  return {
    url,
    get: (path, query = {}) => {
      const search = new URLSearchParams(query).toString();
      const timeoutMs = query['wait'] === 'true' ? WAIT_MS : TIMEOUT_MS;
      return ask({
        url,
        path: `${path}${search === '' ? '' : `?${search}`}`,
        init: {},
        timeoutMs,
        refusal: 'C0403',
      });
    },
    post: (path, json) => post(path, 'application/json', JSON.stringify(json), 'C0403'),
    simulate: (path, json) => post(path, 'application/json', JSON.stringify(json), 'C0407'),
    submit: (transaction) => {
      const init = bodyOf('application/octet-stream', transaction);
      const hash = Buffer.from(transactionHash(transaction)).toString('hex');
      return ask({ url, path: '/api/v1/transactions', init, timeoutMs: TIMEOUT_MS, refusal: 'C0403', hash });
    },
    awaited: (hash) =>
      ask({
        url,
        path: `/api/v1/transactions/${hash}?wait=true`,
        init: {},
        timeoutMs: WAIT_MS,
        refusal: 'C0403',
        hash,
      }),
  };
}

/** `/api/v1/contracts/<id>/abi`, every part percent-encoded. */
export function pathOf(...parts: readonly string[]): string {
  return parts.map((part) => `/${encodeURIComponent(part)}`).join('');
}

function baseUrl(text: string): string {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol))
    return fail('C0208', { text, what: 'address of a node', example: NODE_URL });
  return url.origin + url.pathname.replace(/\/$/, '');
}

function bodyOf(type: string, body: string | Uint8Array): RequestInit {
  return {
    method: 'POST',
    headers: { 'content-type': type },
    body: typeof body === 'string' ? body : Buffer.from(body),
  };
}

/** The failure that a refusal of the node becomes. */
type Refusal = 'C0403' | 'C0407';
type Request = {
  readonly url: string;
  readonly path: string;
  readonly init: RequestInit;
  readonly timeoutMs: number;
  readonly refusal: Refusal;
  /** Of the transaction that is sent or waited for. */
  readonly hash?: string;
};

async function ask(request: Request): Promise<Answer> {
  const { url, refusal } = request;
  const response = await fetched(request);
  const json = await jsonOf(url, response);
  if (response.ok) return answerOf(url, json);
  const { code, message } = answerFields(json);
  if (typeof code !== 'string' || typeof message !== 'string')
    return fail('C0404', { url, reason: `status ${response.status}` });
  return fail(refusal, { reason: message, name: code });
}

async function fetched({ url, path, init, timeoutMs, hash }: Request): Promise<Response> {
  try {
    return await fetch(`${url}${path}`, {
      ...init,
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMs),
    });
  } catch (error) {
    const reason = reasonOf(error, timeoutMs);
    // Where nothing listened, nothing was sent.
    const refused = init.method === 'POST' && reason === REASONS['ECONNREFUSED'];
    const sent = hash !== undefined && !refused;
    return sent ? fail('C0413', { url, reason, hash }) : fail('C0402', { url, reason });
  }
}

function reasonOf(error: unknown, timeoutMs: number): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'TimeoutError') return `no answer within ${timeoutMs / 1000} seconds`;
  const { cause } = error;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  return REASONS[code] ?? (cause instanceof Error ? cause.message : error.message);
}

const REASONS: { readonly [code: string]: string } = {
  ECONNREFUSED: 'nothing listens there',
  ENOTFOUND: 'there is no such host',
  ECONNRESET: 'the connection was cut',
  UND_ERR_SOCKET: 'the connection was cut',
};

async function jsonOf(url: string, response: Response): Promise<unknown> {
  try {
    return await response.json();
  } catch {
    return fail('C0404', { url, reason: 'it is not JSON' });
  }
}

function answerOf(url: string, json: unknown): Answer {
  const fields = answerFields(json);
  const field = (name: string): unknown =>
    name in fields ? fields[name] : fail('C0404', { url, reason: `it has no "${name}"` });
  const text = (name: string): string => {
    const value = field(name);
    return typeof value === 'string' ? value : fail('C0404', { url, reason: `its "${name}" is no text` });
  };
  return { json, field, text };
}

function answerFields(json: unknown): { readonly [name: string]: unknown } {
  return typeof json === 'object' && json !== null ? (json as { readonly [name: string]: unknown }) : {};
}
