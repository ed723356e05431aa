/** What `ccl deploy` and `ccl upgrade` share: what validators are given to prove again, and what they made of it. */
import type { Analysis } from '../compiler/index.ts';
import { encodeCertificate, portableParts } from '../compiler/index.ts';
import type { Built } from './build.ts';
import { type Client, pathOf } from './client.ts';
import { fail } from './failure.ts';
import { endProgress, type Terminal } from './terminal.ts';

export function materialsOf(analysis: Analysis, { bytes, certificate }: Built) {
  return {
    artifact: bytes,
    sources: portableParts(analysis.parts).map(({ name, text }) => ({ name, text })),
    certificate: new TextEncoder().encode(encodeCertificate(certificate)),
  };
}

export type Decision = { readonly status: string; readonly height: string; readonly reason: string };

/** Waits until the validators have decided, and what is run then has run. */
export async function decisionOn(terminal: Terminal, client: Client, id: string): Promise<Decision> {
  const decided = await client.get(`/api/v1/deployments${pathOf(id)}`, { wait: 'true' });
  endProgress(terminal);
  return { status: decided.text('status'), height: decided.text('height'), reason: reasonOf(decided.json) };
}

/** A field of what the transaction gave back. */
export function fieldIn({ url }: Client, value: unknown, name: 'contract' | 'deployment'): string {
  const found = ((value ?? {}) as { readonly [field: string]: unknown })[name];
  return typeof found === 'string' ? found : fail('C0404', { url, reason: 'the deployment has no id' });
}

function reasonOf(json: unknown): string {
  const { reason, event } = json as {
    readonly reason?: unknown;
    readonly event?: { readonly fields?: { readonly reason?: unknown } };
  };
  return String(reason ?? event?.fields?.reason ?? 'the validators refused it');
}
