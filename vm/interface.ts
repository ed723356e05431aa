/**
 * Interfaces: an artifact and an index in; what a call takes and gives, and what the interface is to every artifact, out.
 * Currencies are indices of their artifact, so the identity is that of a form in which they are numbered as they occur.
 */
import { wordsOf, wordsOfFields } from './abi.ts';
import type { Artifact, CurrencyDecl, Interface, Method } from './artifact.ts';
import { encodeValue, hexOf } from './codec.ts';
import { sha256 } from './did.ts';
import type { OfferedInterface } from './host.ts';
import { INTERFACE_FORM } from './layout.ts';
import type { AbiType, WordType } from './value.ts';

/** The words that a call pops (account, arguments, amounts) and pushes. */
export type CallWords = { readonly pops: readonly WordType[]; readonly pushes: readonly WordType[] };

/** The method of an outgoing call; undefined where the artifact has none. */
export function methodOf(artifact: Artifact, call: number): Method | undefined {
  const { interface: at = -1, method = -1 } = artifact.calls[call] ?? {};
  return artifact.interfaces[at]?.methods[method];
}

export function callWords(artifact: Artifact, call: number): CallWords {
  const method = methodOf(artifact, call);
  if (method === undefined) return { pops: [], pushes: [] };
  const amounts = (artifact.calls[call]?.spends ?? []).map(() => 'int' as const);
  return { pops: ['did', ...wordsOfFields(method.params), ...amounts], pushes: resultWords(method) };
}

/** Asked for each instruction that calls the method, and some types take long to walk. */
function resultWords(method: Method): readonly WordType[] {
  const known = RESULTS.get(method);
  if (known !== undefined) return known;
  const words = wordsOf(method.result);
  RESULTS.set(method, words);
  return words;
}

const RESULTS = new WeakMap<Method, readonly WordType[]>();

/** The interface with its identity: equal for two artifacts exactly when they mean the same. */
export function offeredInterface(artifact: Artifact, index: number): OfferedInterface {
  const found = artifact.interfaces[index]!;
  const currencies: number[] = [];
  const form = { ...renumbered(found, currencies), currencies: currencies.map((at) => declAt(artifact, at)) };
  return { interface: found, identity: hexOf(sha256(encodeValue(INTERFACE_FORM, form))), currencies };
}

/** Whether two types of one artifact are the same. */
export function sameType(left: AbiType, right: AbiType): boolean {
  return JSON.stringify(left) === JSON.stringify(right);
}

function declAt(artifact: Artifact, index: number): CurrencyDecl {
  const found = artifact.currencies[index];
  if (found === undefined) throw new Error(`no currency ${index}`);
  return found;
}

/** The interface with currencies numbered in order of their first occurrence, which `currencies` collects. */
function renumbered({ name, methods }: Interface, currencies: number[]): Interface {
  const renumber = (type: AbiType): AbiType => {
    switch (type.kind) {
      case 'Amount': {
        const known = currencies.indexOf(type.currency);
        return { kind: 'Amount', currency: known < 0 ? currencies.push(type.currency) - 1 : known };
      }
      case 'Struct':
        return { ...type, fields: type.fields.map((one) => ({ ...one, type: renumber(one.type) })) };
      case 'Tuple':
        return { ...type, items: type.items.map(renumber) };
      case 'Enum': {
        const variants = type.variants.map(({ name: variant, fields }) => ({
          name: variant,
          fields: fields.map((one) => ({ ...one, type: renumber(one.type) })),
        }));
        return { ...type, variants };
      }
      case 'Option':
      case 'List':
        return { ...type, item: renumber(type.item) };
      default:
        return type;
    }
  };
  return {
    name,
    methods: methods.map((method) => ({
      ...method,
      params: method.params.map((param) => ({ ...param, type: renumber(param.type) })),
      result: renumber(method.result),
    })),
  };
}
