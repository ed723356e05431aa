/**
 * Words and signs of other languages, and what CCL has in their place. A newcomer who writes one is told in a sentence;
 * where something of CCL stands in exactly the same place, that is the fix, and parsing goes on as if it were written.
 */
import type { Keyword } from './tokens.ts';

/** A row: what to do, and what can be put in its place; an empty text leaves the word out. */
export type Habit = { readonly instead: string; readonly write?: string };
/** As `Habit`, where a word of CCL is put in the place. */
export type WordHabit = { readonly instead: string; readonly write?: Keyword | '' };

type Table<H> = ReadonlyMap<string, H>;

/** Several words with one answer. */
function rows<H>(...entries: readonly (readonly [words: string, habit: H])[]): Table<H> {
  return new Map(entries.flatMap(([words, habit]) => words.split(' ').map((word) => [word, habit] as const)));
}

/** A habit of several tables. */
const CALLABLE: WordHabit = {
  instead:
    'what others call is a `rule`, what only reads is a `view`, and what only this contract calls is a `fn`',
  write: 'rule',
};
const SHARING = 'take declarations from another file by name: `use "./file.ccl".{ Name };`';
const NEEDLESS: WordHabit = { instead: 'leave it out', write: '' };

/** At the start of a declaration of a file. */
export const ITEM_HABITS: Table<WordHabit> = rows<WordHabit>(
  ['import include require from', { instead: SHARING }],
  ['export pub public', { instead: 'everything at the top of a file can be used in others', write: '' }],
  ['abstract async final static default', NEEDLESS],
  [
    'class library module mod program',
    { instead: 'rules and state stand in a `contract`', write: 'contract' },
  ],
  ['impl', { instead: 'functions stand in a contract or at the top of a file, and take what they work on' }],
  ['trait protocol', { instead: 'what a contract promises to others is an `interface`', write: 'interface' }],
  ['type record dataclass', { instead: 'a type with fields is a `struct`', write: 'struct' }],
  ['function func fun def', { instead: 'outside of a contract there are functions, `fn`', write: 'fn' }],
  ['let var val', { instead: 'outside of a contract there are constants, `const`', write: 'const' }],
  ['pragma', { instead: 'leave the line out; a contract states its own version: `version "1.0.0";`' }],
);

/** At the start of a member of a contract. */
export const MEMBER_HABITS: Table<WordHabit> = rows<WordHabit>(
  ['function func fun def method action entry', CALLABLE],
  ['constructor __init__ initialize', { instead: 'what runs once, at deployment, is `init`', write: 'init' }],
  ['pub public external private internal static async', NEEDLESS],
  ['storage data fields', { instead: 'what lasts stands in `state { … }`', write: 'state' }],
  ['modifier', { instead: 'write the condition as `requires` on each rule, or ask a `fn` there' }],
  ['receive fallback', { instead: 'anyone may pay into a contract at any time, without code for it' }],
  ['using import', { instead: SHARING }],
  ['mapping', { instead: 'tables stand in the state: `state { worked: Map<Did, Int>; }`' }],
);

/** Between the parameters and the body. */
export const HEAD_HABITS: Table<WordHabit> = rows<WordHabit>(
  [
    'public external',
    {
      instead:
        'rules and views can be called from outside; who may call a rule is said by `requires` and `access`',
      write: '',
    },
  ],
  ['private internal', { instead: 'what only this contract calls is a `fn`', write: '' }],
  [
    'payable',
    {
      instead:
        'a rule takes money by `ledger.transfer(caller, self, amount)`, and anyone may pay into a contract',
      write: '',
    },
  ],
  [
    'view pure constant const',
    { instead: 'what only reads begins with `view` in the place of `rule`', write: '' },
  ],
  ['virtual override async throws', NEEDLESS],
);

/** At the start of a statement. */
export const STATEMENT_HABITS: Table<Habit> = rows<Habit>(
  [
    'while loop',
    { instead: '`for` is the only loop: write `for i in 0..n up to 100 { … }`, or `for x in members { … }`' },
  ],
  ['do repeat', { instead: '`for` is the only loop, and a block stands without a word' }],
  ['switch case when', { instead: 'cases are told apart by `match value { Yes => …, No => …, }`' }],
  [
    'try catch',
    { instead: 'a call that fails undoes everything it did; what must not fail is checked before' },
  ],
  [
    'throw raise revert',
    { instead: 'a call is refused by `require condition else "why";` or `fail Name(…);`' },
  ],
  ['delete del', { instead: 'an entry of a map is taken away by `map.remove(key);`' }],
  ['await async yield', { instead: 'every call ends before the next line: leave the word out' }],
  ['unchecked unsafe', { instead: 'arithmetic is always checked: what would overflow reverts' }],
  [
    'function def',
    { instead: 'functions stand in the contract, not in other functions: `fn name(…) -> Type { … }`' },
  ],
  ['print println', { instead: 'what others are to see is an event: `emit Name(…);`' }],
);

/** Between two operands. */
export const OPERATOR_HABITS: Table<Habit> = rows<Habit>(
  ['and', { instead: 'write `&&`', write: '&&' }],
  ['or', { instead: 'write `||`', write: '||' }],
  ['is', { instead: 'write `==`', write: '==' }],
  ['mod', { instead: 'write `%`', write: '%' }],
  ['div', { instead: 'write `/`, which leaves out the remainder', write: '/' }],
);

/** Types: what fits best, and why where it is not the same. */
export const TYPE_HABITS: Table<Habit> = rows<Habit>(
  [
    'uint uint8 uint16 uint32 uint64 uint128 uint256 int8 int16 int32 int64 int128 int256 i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 isize usize integer long short byte nat felt',
    {
      instead:
        'whole numbers are `Int`, of 64 bits and checked; where one must not be negative, say so in an `invariant`',
      write: 'Int',
    },
  ],
  [
    'number float double f32 f64 real',
    {
      instead:
        'there are whole numbers (`Int`), amounts of a currency (`Amount<hours>`) and ratios (`Ratio`), and no fractions',
      write: 'Int',
    },
  ],
  [
    'decimal Decimal money Money BigDecimal',
    { instead: 'money is an amount of a currency: `Amount<hours>`' },
  ],
  ['string String str char', { instead: 'texts are `Text`', write: 'Text' }],
  ['boolean Boolean', { instead: 'truth values are `Bool`', write: 'Bool' }],
  [
    'address account Address AccountId principal user',
    { instead: 'members, contracts and their accounts are `Did`', write: 'Did' },
  ],
  ['bytes32 sha256 digest', { instead: '32 bytes are a `Hash`', write: 'Hash' }],
  [
    'date Date datetime DateTime timestamp Timestamp Instant',
    { instead: 'a moment is a `Time`', write: 'Time' },
  ],
  ['timedelta TimeDelta interval', { instead: 'a length of time is a `Duration`', write: 'Duration' }],
  ['percent percentage Percent rate', { instead: 'shares are `Ratio`: `67%`', write: 'Ratio' }],
  [
    'mapping HashMap BTreeMap dict Dict object Record table',
    { instead: 'a table in the state is a `Map<Did, Int>`' },
  ],
  ['HashSet BTreeSet', { instead: 'a set says how many elements it holds at most: `Set<Did, 1_000>`' }],
  [
    'Vec Array array vector tuple',
    { instead: 'a list says how many elements it holds at most: `List<Did, 1_000>`' },
  ],
  ['Optional Maybe Nullable', { instead: 'what may be missing is an `Option<Did>`', write: 'Option' }],
  ['void unit None', { instead: 'what gives nothing back has no `->`' }],
  ['any Any dynamic unknown', { instead: 'every value has one type that is known' }],
);

/** Names of values and functions. */
export const VALUE_HABITS: Table<Habit> = rows<Habit>(
  ['msg tx sender origin signer', { instead: 'who calls is `caller`', write: 'caller' }],
  [
    'null nil None undefined NULL nullptr Nothing',
    { instead: 'what is not there is `none`, of an `Option`', write: 'none' },
  ],
  ['True', { instead: 'write `true`', write: 'true' }],
  ['False', { instead: 'write `false`', write: 'false' }],
  ['this', { instead: 'variables of the state are named alone, and the own account is `self`' }],
  ['len', { instead: 'sets have a `size`, lists and texts a `length`: `members.size`' }],
  ['range', { instead: 'a range is `0..n`' }],
  ['keccak256 sha256 sha3 keccak', { instead: '`hash(x)` is the SHA-256 of x', write: 'hash' }],
  ['address', { instead: 'nobody is `did""`; a contract\'s own account is `self`' }],
  [
    'revert throw raise panic abort',
    { instead: 'a call is refused by `require condition else "why";` or `fail Name(…);`' },
  ],
  ['pass', { instead: 'an empty block does nothing: leave the word out' }],
  ['continue break', { instead: 'a loop makes all its turns: put what follows into an `if`' }],
  ['print println console log', { instead: 'what others are to see is an event: `emit Name(…);`' }],
  ['not', { instead: 'write `!`' }],
  ['str String Int int float', { instead: 'CCL converts nothing into something else' }],
  ['timestamp today', { instead: 'the time of the block is `now`', write: 'now' }],
);

/** Behind a number, where no currency has that name: what is written in the place of both. */
export const UNIT_HABITS: Table<Habit> = rows<Habit>(
  ['s sec secs second seconds', { instead: 'seconds are written `90s`', write: 's' }],
  ['m min mins minute minutes', { instead: 'minutes are written `15m`', write: 'm' }],
  [
    'h hour hours',
    {
      instead:
        'a contract declares its currencies: `currency hours { decimals 2 }`; as a length of time it is `36h`',
    },
  ],
  ['d day days', { instead: 'days are written `7d`', write: 'd' }],
  ['w week weeks', { instead: 'weeks are written `2w`', write: 'w' }],
  ['month months year years', { instead: 'not all months are of one length: write days, as in `30d`' }],
  ['percent pct', { instead: 'a percentage is written `5%`', write: '%' }],
);

/** What stands behind a dot, both together. */
export const DOTTED_HABITS: Table<Habit> = rows<Habit>(
  ['msg.sender tx.origin ctx.sender', { instead: 'who calls is `caller`', write: 'caller' }],
  [
    'msg.value',
    { instead: 'no money comes with a call: a rule takes it by `ledger.transfer(caller, self, amount)`' },
  ],
  [
    'block.timestamp block.time time.now Date.now',
    { instead: 'the time of the block is `now`', write: 'now' },
  ],
  ['block.number block.height', { instead: 'the height is `block`', write: 'block' }],
);

/** What other languages have on values, by the name behind the dot. */
export const PART_HABITS: Table<Habit> = rows<Habit>(
  ['transfer send', { instead: 'money is moved by `ledger.transfer(from, to, amount)`' }],
  ['balance', { instead: 'a balance is read by `ledger.balance(account, currency)`' }],
  ['push append push_back', { instead: 'an element is added at the end by `add`', write: 'add' }],
  [
    'insert',
    { instead: 'an element is added by `add`; an entry of a map is written by `map[key] = value;`' },
  ],
  [
    'includes contains',
    { instead: 'whether an element is in a set is asked by `x in set`, of a map by `map.has(key)`' },
  ],
  ['has', { instead: 'whether an element is in a set is asked by `x in set`' }],
  ['get', { instead: 'an entry is read by `map[key]`' }],
  ['set put', { instead: 'an entry is written by `map[key] = value;`' }],
  [
    'keys values entries iter items',
    { instead: 'maps have no list of their entries: keep the keys in a `Set` beside them' },
  ],
  ['count len', { instead: 'sets have a `size`, lists and texts a `length`' }],
  ['length', { instead: 'how many elements a set has is its `size`', write: 'size' }],
  ['size', { instead: 'how long a list or text is, is its `length`', write: 'length' }],
  ['delete erase discard', { instead: 'an element or entry is taken away by `remove`', write: 'remove' }],
  [
    'toString to_string format',
    { instead: 'CCL makes no texts of other values: what reads a contract shows them' },
  ],
);

/** Signs that start nothing in CCL. */
export const SIGN_HABITS: Table<Habit> = rows<Habit>(
  ['?', { instead: 'choose between two values by `if condition { a } else { b }`' }],
  ['#', { instead: 'comments start with `//`' }],
  ['&', { instead: 'conditions are joined by `&&`; values are copied, so there are no references' }],
  ['|', { instead: 'conditions are joined by `||`' }],
  ['^', { instead: 'a power is `pow(x, n)`' }],
  ['\u2010 \u2011 \u2012 \u2013 \u2014 \u2212', { instead: 'write `-`', write: '-' }],
  ['\u2192', { instead: 'write `->`', write: '->' }],
  ['\u21d2', { instead: 'write `=>`, or `==>` in a clause' }],
  ['\u2264', { instead: 'write `<=`', write: '<=' }],
  ['\u2265', { instead: 'write `>=`', write: '>=' }],
  ['\u2260', { instead: 'write `!=`', write: '!=' }],
  ['\u00d7 \u00b7', { instead: 'write `*`', write: '*' }],
  ['\u00f7', { instead: 'write `/`', write: '/' }],
  ['\u2026', { instead: 'write out what is left out here' }],
  [
    '\u20ac $ \u00a3 \u00a5',
    { instead: 'an amount is a number, a space and the name of its currency, as in `5.00 euros`' },
  ],
  ["'", { instead: 'texts stand between `"` and `"`' }],
  ['\u201c \u201d \u201e \u2018 \u2019 `', { instead: 'texts stand between `"` and `"`' }],
  [
    '\u00a0 \u2007 \u202f \u2009 \u3000',
    { instead: 'this is a blank of another kind: write an ordinary one', write: ' ' },
  ],
  ['\u200b \u200c \u200d \u2060 \u00ad', { instead: 'this character cannot be seen: remove it', write: '' }],
  ['@', { instead: 'a moment is written as in `@2026-01-31T12:00Z`' }],
  ['\\', { instead: 'a line needs no sign to go on in the next one' }],
);

/** Letters of other alphabets, each before what it looks like or is written as. */
const LOOK_ALIKES: ReadonlyMap<string, string> = new Map(
  [
    'аa еe оo рp сc уy хx іi јj ѕs ԁd һh АA ВB ЕE КK МM НH ОO РP СC ТT ХX ІI',
    'ΑA ΒB ΕE ΖZ ΗH ΙI ΚK ΜM ΝN ΟO ΡP ΤT ΥY ΧX οo νv ßss øo łl æae œoe đd ıi',
  ]
    .flatMap((pairs) => pairs.split(' '))
    .map((pair) => [pair.slice(0, 1), pair.slice(1)]),
);

const ALPHABETS: readonly (readonly [name: string, letters: RegExp])[] = [
  ['a Cyrillic letter', /^\p{Script=Cyrillic}$/u],
  ['a Greek letter', /^\p{Script=Greek}$/u],
  ['a letter with an accent', /^\p{Script=Latin}$/u],
];

/** What is wrong with the letters of a word that has some of others, in words. */
export function foreignLetterIn(word: string): string {
  const letter = [...word].find((each) => !/[A-Za-z0-9_]/.test(each)) ?? '';
  if (/^[\u00ad\u200b-\u200f\u2060]$/.test(letter)) return 'it has a character that cannot be seen';
  const alphabet = ALPHABETS.find(([, letters]) => letters.test(letter))?.[0] ?? 'of another alphabet';
  const alike = LOOK_ALIKES.get(letter);
  const looks = alike !== undefined && alike.length === 1 && /Cyrillic|Greek/.test(alphabet);
  return `\`${letter}\` is ${alphabet}${looks ? `, and looks like \`${alike}\`` : ''}`;
}

/** The word in our letters; null where there are none for some of it. */
export function inOurLetters(word: string): string | null {
  const plain = [...word.normalize('NFD').replace(/[\u0300-\u036f\u00ad\u200b-\u200f\u2060]/g, '')]
    .map((letter) => LOOK_ALIKES.get(letter) ?? letter)
    .join('');
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(plain) ? plain : null;
}
