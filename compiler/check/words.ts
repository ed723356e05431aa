/** Types of values to the words that the virtual machine has for them. */
import { listWord, type WordType } from '../../vm/index.ts';
import { leavesOf, type Scalar, type Type } from './types.ts';

/** The word that holds a scalar. */
export function wordType(type: Scalar): WordType {
  switch (type.kind) {
    case 'Int':
    case 'Ratio':
    case 'Time':
    case 'Duration':
    case 'Amount':
    case 'Tag':
      return 'int';
    case 'Bool':
      return 'bool';
    case 'Did':
      return 'did';
    case 'Text':
      return 'text';
    case 'Bytes':
      return 'bytes';
    case 'Hash':
      return 'hash';
    case 'List':
      return listWord({ capacity: type.capacity, words: wordTypes(type.item) });
  }
}

/** The words of a value, in order of its fields. */
export function wordTypes(type: Type): WordType[] {
  if (type.kind === 'Map' || type.kind === 'Set' || type.kind === 'Error')
    throw new Error(`a value of type ${type.kind} has no words`);
  return leavesOf(type).map((leaf) => wordType(leaf.type));
}
