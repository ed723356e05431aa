/** What the verifier takes to be always true: of numbers, variants, few keys, sets, sums, accounts, texts, lists, hashes. */
import { randomFacts } from './facts.ts';
import { holdFamily, sourcesOf } from './family.ts';

const SEEDS = [3, 4, 8, 9, 10, 11, 14, 22, 34, 37, 40, 41, 42, 45, 55, 78, 87, 115, 153];

holdFamily({
  name: 'facts',
  subjects: sourcesOf(SEEDS, randomFacts),
  flaws: {
    lastVariantForgotten: 11, // an enum has one variant less
    variantWordsZero: 11, // what belongs to a variant is zero, also where a value is that variant
    casesForgetOne: 11, // `forall` over variants leaves the last one out
    numbersNeverLargest: 153, // the largest number does not occur
    entriesNotZero: 4, // an entry that is there is not zero
    setsHaveRoom: 4, // no set is full
    keysNeverMeet: 22, // two keys are two elements
    absentKeysNamed: 4, // who has no entry is whom the call names
    sumsBoundTerms: 40, // a sum is at least each of its terms, also where others are negative
    termsCountedTwice: 4, // a sum counts one entry under each of its names
    sumsOrdered: 3, // of two sums over one map the count is the smaller one
    fewKeysForgetOne: 3, // a sum over few keys leaves the last one out
    countsAreComplements: 22, // who is not read of counts
    contractsAreRich: 14, // the contract has money
    balancesSmall: 14, // nobody has more than a little
    creditsSmall: 41, // nobody may owe more than a little
    accountsNeverMeet: 41, // two names are two accounts
    totalStays: 14, // payments never change what circulates
    productsNotNegative: 153, // of two negative numbers or of none
    productsGrow: 45, // a product is as large as each factor, also times zero
    productsOfMinusOne: 45, // minus one leaves the other factor as it is
    productBoundsForgetSigns: 153, // factors that are at most zero have such a product
    productsOrdered: 45, // more times as much is more, also of what is negative
    productsForgetRest: 9, // (a + b) * c is a * c
    productsForgetMinus: 9, // (a - b) * c is a * c + b * c
    scaledForgetsSigns: 153, // at most three times is at most three times as much, also of what is negative
    quotientsRoundDown: 37, // -1 / 2 is -1
    quotientsHalve: 37, // every divisor halves
    quotientsOrdered: 37, // shared among more it is less, also of what is negative
    sharesExact: 10, // nothing is left over
    sharesWithinWhole: 10, // a share is at most the whole, also of more than all
    rootsExact: 10, // every number is a square
    powersGrow: 55, // a power is at least its base, also the power of zero
    powersOfZero: 55, // zero to the zero is zero
    sequencesNotFull: 42, // texts and lists never have their full length
    nothingEmpty: 42, // no text and no list is empty
    bytesSmall: 78, // bytes are small
    elementsNotNegative: 78, // numbers in lists are not negative
    lengthsTellAll: 42, // what is as long is the same
    joinedAlike: 42, // what is joined to the same whole begins with the same part
    typesHashApart: 87, // values of two types never have one hash
    writtenHashesUnique: 87, // no value that comes in has the hash of one that is written
    elementsOnlyOnce: 115, // what one loop has seen no other sees
    witnessesShared: 22, // whatever there is, it is the same
    lastTurnForgotten: 34, // a loop never makes the turn that is too many
    firstTurnWritesNothing: 34, // behind a loop that makes one turn all is as it was
    strangersOwnNothing: 8, // who is not known to the contract has no money
  },
  refutes: true,
  unknownMax: 0,
});
