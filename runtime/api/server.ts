/**
 * The node's HTTP server: routes from `routes.ts`, the OpenAPI document made of them at `/api/docs`, and one form for
 * every refusal: `{ code, message }`. No page of another origin may read an answer (CORS is off).
 */
import { setMaxListeners } from 'node:events';
import type { Socket } from 'node:net';
import swagger from '@fastify/swagger';
import Fastify, {
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
} from 'fastify';
import { TX_LIMITS } from '../codec/transaction.ts';
import type { Node } from '../node.ts';
import { messageOf, type NodeError, nodeError, type Refused, refused } from '../refusal.ts';
import { type Answer, ERROR_SCHEMA, ROUTES, type Route } from './routes.ts';

export type ApiAddress = { readonly host: string; readonly port: number };
export type Api = { readonly address: ApiAddress; close(): Promise<void> };

/** The largest transaction, and as much JSON. */
export const BODY_BYTES_MAX = TX_LIMITS.txBytesMax;
/** A contract's id is longer than the router's own limit, and percent-encoding trebles what it touches. */
const PARAM_UNITS_MAX = 1024;
const REQUEST_TIMEOUT_MS = 60_000;

/** Told of each request that met a defect of ours: the caller is not. */
export type OnDefect = (request: string, error: Error) => void;

/** Port 0 takes any free one; the answer says which. */
export async function serveApi(
  node: Node,
  { host, port }: ApiAddress,
  onDefect: OnDefect,
): Promise<{ readonly ok: true; readonly api: Api } | Refused> {
  const server = await createServer(node, onDefect);
  try {
    await server.listen({ host, port });
  } catch (error) {
    await server.close();
    return refuseListening(error, host, port);
  }
  const bound = server.server.address();
  const address = { host, port: typeof bound === 'object' && bound !== null ? bound.port : port };
  return { ok: true, api: { address, close: () => server.close() } };
}

function refuseListening(error: unknown, host: string, port: number): Refused {
  if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') return refused('PortTaken', { host, port });
  return refused('CannotListen', { host, port, reason: messageOf(error) });
}

async function createServer(node: Node, onDefect: OnDefect): Promise<FastifyInstance> {
  const onError = (error: FastifyError, request: FastifyRequest, reply: FastifyReply): void => {
    const failure = failureOf(error, request);
    if (failure.status === 500) onDefect(`${request.method} ${pathOf(request)}`, error);
    send(reply, failure.status, failure.error);
  };
  const server = Fastify({
    bodyLimit: BODY_BYTES_MAX,
    forceCloseConnections: true,
    requestTimeout: REQUEST_TIMEOUT_MS,
    routerOptions: { maxParamLength: PARAM_UNITS_MAX },
    frameworkErrors: (error, request, reply) => void onError(error, request, reply as FastifyReply),
    ajv: { customOptions: { coerceTypes: false, removeAdditional: false, allErrors: false } },
  });
  server.addContentTypeParser('application/octet-stream', { parseAs: 'buffer' }, (_request, body, done) =>
    done(null, body),
  );
  server.setErrorHandler<FastifyError>(onError);
  server.setNotFoundHandler(
    (request, reply) =>
      void send(reply, 404, nodeError('NoRoute', { method: request.method, path: pathOf(request) })),
  );
  await server.register(swagger, {
    openapi: { openapi: '3.0.3', info: { title: 'CCL node', version: '1', description: DESCRIPTION } },
  });
  for (const route of ROUTES) addRoute(server, node, route);
  server.get('/api/docs', { schema: { hide: true } }, () => server.swagger());
  await server.ready();
  return server;
}

const DESCRIPTION =
  'Integers of 64 bits are decimal strings, bytes are hexadecimal. Every refusal is { code, message }.';

function addRoute(server: FastifyInstance, node: Node, route: Route): void {
  const { method, url, summary, params, query, body } = route;
  const responses = {
    '2xx': { description: 'the answer', type: 'object', additionalProperties: true },
    default: ERROR_SCHEMA,
  };
  const parts = {
    ...(params && { params }),
    ...(query && { querystring: query }),
    ...(body && { body: body.schema, consumes: [body.media] }),
  };
  server.route({
    method,
    url,
    schema: { summary, ...parts, response: responses },
    // Bytes have no schema to be checked by; that of the document says only that they are bytes.
    ...(body?.media === 'application/octet-stream' && { validatorCompiler: () => () => true }),
    preValidation: (request, reply, done) => {
      const given = request.headers['content-type'] ?? '';
      if (body === undefined || given.startsWith(body.media)) done();
      else void send(reply, 415, nodeError('WrongMediaType', { expected: body.media }));
    },
    async handler(request, reply) {
      const asked = {
        params: strings(request.params),
        query: strings(request.query),
        body: request.body,
        gone: closingOf(request.raw.socket),
      };
      return sendAnswer(reply, await route.answer(node, asked));
    },
  });
}

/** One signal for each connection: a response that is queued behind another is not told when its socket closes. */
const CLOSING = new WeakMap<Socket, AbortSignal>();

function closingOf(socket: Socket): AbortSignal {
  const known = CLOSING.get(socket);
  if (known !== undefined) return known;
  const closing = new AbortController();
  setMaxListeners(0, closing.signal);
  if (socket.destroyed) closing.abort();
  else socket.once('close', () => closing.abort());
  CLOSING.set(socket, closing.signal);
  return closing.signal;
}

function sendAnswer(reply: FastifyReply, answer: Answer): FastifyReply {
  if (answer.retryAfterSeconds !== undefined) reply.header('retry-after', String(answer.retryAfterSeconds));
  return reply.code(answer.status).send(answer.json);
}

/** What went wrong before or in a handler: a mistake of the caller, or a defect of ours, which is not shown. */
function failureOf(
  error: FastifyError,
  request: FastifyRequest,
): { readonly status: number; readonly error: NodeError } {
  const status = error.statusCode ?? 500;
  if (error.code === 'FST_ERR_CTP_BODY_TOO_LARGE')
    return { status, error: nodeError('BodyTooLarge', { bytesMax: BODY_BYTES_MAX }) };
  if (error.code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE')
    return { status, error: nodeError('WrongMediaType', { expected: mediaOf(request) }) };
  if (status >= 400 && status < 500)
    return { status, error: nodeError('BadRequest', { reason: error.message }) };
  return { status: 500, error: nodeError('Defect', {}) };
}

function mediaOf(request: FastifyRequest): string {
  return ROUTES.find(({ url }) => url === request.routeOptions.url)?.body?.media ?? 'application/json';
}

function send(reply: FastifyReply, status: number, error: NodeError): FastifyReply {
  return reply.code(status).send(error);
}

function pathOf(request: FastifyRequest): string {
  return request.url.split('?', 1)[0]!;
}

function strings(fields: unknown): Readonly<Record<string, string>> {
  return fields as Readonly<Record<string, string>>;
}
