/**
 * The grammar of CCL (language.md, sections 1 to 5 and 8): tokens in, the tree of `ast.ts` out. Each production is
 * one chevrotain rule that builds its node directly. Productions look one token ahead; where that is not enough
 * (soft words, `(k, v) => e`), a gate says what to look for. Precedence is a table.
 *
 * Chevrotain runs every production once without input to learn the grammar (its recording phase): production bodies
 * therefore look into tokens and nodes only through the methods of `Cursor` or inside `this.ACTION`.
 */
import { EOF, type IToken, type TokenType, tokenMatcher } from 'chevrotain';
import { diagnose, type Fix, type Related } from '../diagnostics.ts';
import type {
  Access,
  AccessItem,
  AnyNode,
  Arm,
  AssignOp,
  BinaryOp,
  Binding,
  Block,
  Capability,
  Expr,
  FieldInit,
  Hook,
  IntLiteral,
  Item,
  Member,
  MemberSetting,
  Method,
  Name,
  Outcome,
  Param,
  Pattern,
  SourceFile,
  Span,
  Spec,
  StateField,
  Stmt,
  TextLiteral,
  Transition,
  TypeArg,
  TypeExpr,
  Use,
  Variant,
} from './ast.ts';
import { type Boundary, Cursor, LIST_END, type Production } from './cursor.ts';
import {
  type Habit,
  HEAD_HABITS,
  ITEM_HABITS,
  MEMBER_HABITS,
  OPERATOR_HABITS,
  STATEMENT_HABITS,
  TYPE_HABITS,
} from './habits.ts';
import {
  AndAnd,
  AnyWord,
  Append,
  Arrow,
  Assign,
  AssignOperator,
  BinaryOperator,
  Colon,
  Comma,
  Decimal,
  Did,
  Digits,
  Divide,
  Dot,
  DotDot,
  Duration,
  EqualEqual,
  FatArrow,
  ForeignText,
  Greater,
  Hex,
  Identifier,
  Implies,
  Int,
  imageOf,
  KEYWORDS as K,
  LBrace,
  LBracket,
  Less,
  type Lexed,
  LParen,
  Minus,
  NO_CURRENCY,
  Not,
  NotEqual,
  OpenText,
  OrOr,
  Percent,
  Plus,
  RBrace,
  RBracket,
  RESERVED_WORDS,
  Remainder,
  RParen,
  Semicolon,
  spanOf,
  Text,
  Time,
  Times,
} from './tokens.ts';

type Of<N extends AnyNode['kind']> = Extract<AnyNode, { readonly kind: N }>;
/** The last expression of a block, without `;`. */
type Last = { readonly kind: 'last'; readonly value: Expr };

/** How tightly each operator binds; more is tighter. */
const PRECEDENCE: Readonly<Record<BinaryOp, number>> = {
  '==>': 1,
  '||': 2,
  '&&': 3,
  '==': 4,
  '!=': 4,
  '<': 5,
  '<=': 5,
  '>': 5,
  '>=': 5,
  in: 5,
  '+': 6,
  '-': 6,
  '++': 6,
  '*': 7,
  '/': 7,
  '%': 7,
};
const ANY = 1;
const COMPARISON = 4;
/** Behind a variable that happens to be called `while` or `delete`. */
const HABIT_FOLLOWERS: readonly TokenType[] = [Assign, AssignOperator, Dot, Semicolon, RBrace, LBracket];

/** For operands that a word of the clause follows, such as `reputation 10 in membership`. */
const SUM = 6;

const STATEMENT_STARTS: readonly TokenType[] = [
  K.let,
  K.var,
  K.if,
  K.match,
  K.for,
  K.return,
  K.require,
  K.assert,
  K.assume,
  K.expect,
  K.emit,
  K.fail,
];
const CLAUSE_STARTS: readonly TokenType[] = [
  K.requires,
  K.ensures,
  K.succeeds,
  K.fails,
  K.changes,
  K.access,
  K.unproved,
];
const MEMBER_STARTS: readonly TokenType[] = [
  K.version,
  K.purpose,
  K.implements,
  K.upgradable,
  K.upgrade,
  K.access,
  K.ghost,
  K.history,
  K.error,
  K.on,
  K.prove,
  K.open,
  K.unproved,
];
/** What stands only inside a contract; the rest of the members may also be items of a file. */
const CONTRACT_ONLY: readonly TokenType[] = [
  K.rule,
  K.view,
  K.event,
  K.state,
  K.init,
  K.currency,
  K.invariant,
  K.uses,
  K.open,
  K.history,
  K.ghost,
  K.version,
  K.purpose,
  K.implements,
  K.upgradable,
  K.upgrade,
  K.access,
  K.on,
];
const EXPRESSION_STARTS: readonly TokenType[] = [
  Digits,
  Percent,
  Duration,
  Time,
  Did,
  Text,
  Hex,
  K.true,
  K.false,
  LParen,
  LBracket,
  LBrace,
  K.if,
  K.match,
  K.forall,
  K.exists,
  Minus,
  Not,
  Identifier,
];

/** What a misspelt word at the start of a declaration may have been meant to be. */
const ITEM_WORDS = [
  'contract',
  'interface',
  'struct',
  'enum',
  'lifecycle',
  'error',
  'const',
  'fn',
  'test',
] as const;
const MEMBER_WORDS = [
  ...['rule', 'view', 'fn', 'state', 'init', 'event', 'error', 'currency', 'invariant', 'history', 'ghost'],
  ...['version', 'purpose', 'uses', 'implements', 'access', 'struct', 'enum', 'lifecycle', 'const'],
] as readonly (keyof typeof K)[];
const CLAUSE_WORDS = ['requires', 'ensures', 'succeeds', 'fails', 'changes', 'access'] as const;

/** What ends a list whose closing bracket is missing. */
const LIST_STOP: readonly TokenType[] = [Semicolon, RBrace];
const PARAMS_STOP: readonly TokenType[] = [Semicolon, RBrace, LBrace, Arrow, K.requires, K.ensures];
const PATTERN_STARTS: readonly TokenType[] = [
  Identifier,
  Digits,
  Percent,
  Duration,
  Time,
  Did,
  Text,
  Hex,
  K.true,
  K.false,
  Minus,
];
/** What can follow an expression or type: when it is missing in front of one of these, nothing else is wrong. */
const EXPRESSION_ENDS: readonly TokenType[] = [
  Comma,
  RParen,
  RBracket,
  RBrace,
  Semicolon,
  LBrace,
  BinaryOperator,
  K.else,
  FatArrow,
  Assign,
  ...CLAUSE_STARTS,
];

const STATEMENT_END: Boundary = { behind: [Semicolon], before: [RBrace], lineStarts: STATEMENT_STARTS };
const VALUE_END: Boundary = { behind: [], before: [Semicolon, RBrace], lineStarts: STATEMENT_STARTS };
const MEMBER_END: Boundary = { behind: [Semicolon], before: [RBrace], lineStarts: MEMBER_STARTS };
const ITEM_END: Boundary = { behind: [Semicolon], before: [], lineStarts: [K.test, K.prove, K.error] };
const BRACES_END: Boundary = { behind: [], before: [RBrace, Semicolon], lineStarts: [] };
const FIELD_END: Boundary = { behind: [Semicolon, Comma], before: [RBrace], lineStarts: [] };
const CLAUSE_END: Boundary = {
  behind: [],
  before: [LBrace, RBrace, Semicolon, ...CLAUSE_STARTS],
  lineStarts: [],
};

const INHERITANCE =
  'contracts do not inherit: declarations are shared by `use "./file.ccl".{ Name };`, and `implements Name;` inside promises an interface';
const CONDITION = 'conditions for a call are written out: `requires condition else "why"`';

export class Grammar extends Cursor {
  constructor() {
    super();
    this.performSelfAnalysis();
  }

  /** Parses a file that was lexed. Diagnostics are in the order of the text. */
  parseFile(file: string, text: string, lexed: Lexed) {
    this.open(file, text, lexed);
    const tree = this.sourceFile();
    this.shut();
    return { tree, diagnostics: this.diagnostics };
  }

  // ---- files -------------------------------------------------------------------------------------

  private sourceFile: Production<SourceFile> = this.production('sourceFile', () => {
    const uses: Use[] = [];
    const items: Item[] = [];
    do {
      this.MANY(() => {
        const node = this.recover(ITEM_END, () => this.SUBRULE(this.item));
        this.ACTION(() => (node?.kind === 'use' ? uses.push(node) : node && items.push(node)));
      });
    } while (this.skipsStray(items));
    return { kind: 'file', span: { start: 0, end: this.text.length }, uses, items };
  });

  private item: Production<Use | Item> = this.production('item', () =>
    this.choose<Use | Item>([
      { ALT: () => this.SUBRULE(this.use) },
      { ALT: () => this.SUBRULE(this.contract) },
      { ALT: () => this.SUBRULE(this.interface) },
      { ALT: () => this.SUBRULE(this.struct) },
      { ALT: () => this.SUBRULE(this.enum) },
      { ALT: () => this.SUBRULE(this.lifecycle) },
      { ALT: () => this.SUBRULE(this.error) },
      { ALT: () => this.SUBRULE(this.const) },
      { ALT: () => this.SUBRULE(this.fn) },
      { ALT: () => this.SUBRULE(this.test) },
      { ALT: () => this.SUBRULE(this.prove, { ARGS: [this.here(), false] }) },
    ]),
  );

  private use: Production<Use> = this.production('use', () => {
    const start = this.here();
    this.CONSUME(K.use);
    const path = this.choose<readonly Name[] | TextLiteral>([
      { ALT: () => this.SUBRULE(this.text_) },
      { ALT: () => this.SUBRULE(this.modulePath) },
    ]);
    this.need(Dot, '`.{ names };`');
    const opener = this.need(LBrace, '`{` and the names to use');
    const names = this.listOf(RBrace, opener, () => this.name('a name to use'));
    this.semicolon('this `use`');
    return { kind: 'use', span: this.since(start), path, names };
  });

  /** `std.voting` of `std.voting.{ tally }`. */
  private modulePath: Production<readonly Name[]> = this.production('modulePath', () => {
    const path = [this.name('a module or a file')];
    this.MANY({
      GATE: () => this.isAt(2, AnyWord),
      DEF: () => {
        this.CONSUME(Dot);
        path.push(this.SUBRULE(this.word));
      },
    });
    return path;
  });

  /** Says once what stray tokens between two declarations are about and skips them; false at the end of the file. */
  private skipsStray(items: Item[]): boolean {
    if (this.RECORDING_PHASE || this.isEnd()) return false;
    const at = { file: this.file, span: this.hereSpan() };
    const contract = items.at(-1);
    if (this.isOneOf(CONTRACT_ONLY)) {
      this.strayMembers(contract?.kind === 'contract' ? contract : null, items);
    } else if (this.is(Identifier) && this.mends(ITEM_HABITS, ITEM_WORDS)) {
      return true;
    } else {
      if (this.isOneOf([RBrace, RParen, RBracket]))
        this.report(diagnose('E0116', { ...at, close: this.LA(1).image }));
      else this.report(diagnose('E0106', { ...at, found: this.found() }));
      this.skip(ITEM_END, this.here());
    }
    return true;
  }

  /** Members behind a contract that a `}` too many has closed belong to it all the same. */
  private strayMembers(contract: Of<'contract'> | null, items: Item[]): void {
    const hint = contract
      ? `the contract \`${contract.name.text}\` ends before it: is there a \`}\` too many?`
      : 'put it between the braces of a `contract`';
    // Behind a `}` that closed nothing this is known already.
    const last = this.diagnostics.at(-1);
    if (last?.code !== 'E0116' || last.span.end !== this.behind()) {
      const what = `\`${this.LA(1).image}\``;
      this.report(
        diagnose('E0115', {
          file: this.file,
          span: this.hereSpan(),
          what,
          hint,
          related: this.endOf(contract),
        }),
      );
    }
    const members: Member[] = [];
    while (this.isOneOf(CONTRACT_ONLY) || (this.startsMember() && contract !== null)) {
      const member = this.recover(MEMBER_END, () => this.SUBRULE9(this.member));
      if (member) members.push(member);
    }
    if (contract === null) return;
    if (this.is(RBrace)) this.SKIP_TOKEN();
    items[items.length - 1] = {
      ...contract,
      span: this.since(contract.span.start),
      members: [...contract.members, ...members],
    };
  }

  private endOf(contract: Of<'contract'> | null): readonly Related[] {
    if (contract === null) return [];
    const { end } = contract.span;
    return [{ file: this.file, span: { start: end - 1, end }, label: 'it ends here' }];
  }

  // ---- contracts ---------------------------------------------------------------------------------

  private contract: Production<Of<'contract'>> = this.production('contract', () => {
    const doc = this.doc();
    const start = this.here();
    this.CONSUME(K.contract);
    const name = this.contractName();
    this.ACTION(() => this.skipsInheritance());
    const opener = this.need(LBrace, '`{` and the members of the contract');
    const members: Member[] = [];
    do {
      this.MANY(() => {
        const member = this.recover(MEMBER_END, () => this.SUBRULE(this.member));
        if (member) members.push(member);
      });
    } while (this.skipsToMember(members));
    this.close(RBrace, opener);
    return { kind: 'contract', span: this.since(start), doc, name, members };
  });

  /** A contract without a name is still read: most of its mistakes are elsewhere. */
  private contractName(): Name {
    if (this.RECORDING_PHASE || !this.is(LBrace)) return this.name('the name of the contract');
    this.expected('the name of the contract');
    const at = this.behind();
    return { kind: 'name', span: { start: at, end: at }, text: '' };
  }

  private skipsToMember(members: Member[]): boolean {
    if (this.RECORDING_PHASE || this.is(RBrace) || this.isEnd()) return false;
    if (this.strayField(members)) return true;
    if (this.is(Identifier) && this.mends(MEMBER_HABITS, MEMBER_WORDS)) return true;
    return this.skipsInside(RBrace, MEMBER_END, 'a member of the contract');
  }

  /** `contract Token is Ownable {`: what a contract is made of stands inside. */
  private skipsInheritance(): void {
    const { image } = this.LA(1);
    if (image !== 'is' && image !== 'extends' && image !== 'implements' && !this.is(Colon)) return;
    this.habit({ instead: INHERITANCE });
    while (!this.isEnd() && !this.is(LBrace) && !this.startsLine()) this.SKIP_TOKEN();
  }

  /** `total: Int;` between the members: it is read as if it stood in the state. */
  private strayField(members: Member[]): boolean {
    if (!this.is(Identifier) || !this.isAt(2, Colon)) return false;
    this.expected('a member of the contract', { instead: 'variables of a contract stand in `state { … }`' });
    const start = this.here();
    const field = this.recover(FIELD_END, () => this.SUBRULE8(this.stateField));
    if (field !== null) members.push({ kind: 'state', span: this.since(start), fields: [field] });
    return true;
  }

  private startsMember(): boolean {
    return (
      this.isOneOf(CONTRACT_ONLY) ||
      this.isOneOf(MEMBER_STARTS) ||
      this.isOneOf([K.fn, K.struct, K.enum, K.lifecycle, K.const])
    );
  }

  private member: Production<Member> = this.production('member', () => {
    const start = this.here();
    const doc = this.doc();
    const unproved = this.OPTION(() => this.CONSUME(K.unproved)) !== undefined;
    this.ACTION(() => unproved && !this.isOneOf([K.invariant, K.history, K.prove]) && this.unprovedWhat());
    return this.choose<Member>([
      { ALT: () => this.SUBRULE(this.version) },
      { ALT: () => this.SUBRULE(this.uses) },
      { ALT: () => this.SUBRULE(this.implements) },
      { ALT: () => this.SUBRULE(this.upgrade) },
      { ALT: () => this.SUBRULE(this.accessMember) },
      { ALT: () => this.SUBRULE(this.currency) },
      { ALT: () => this.SUBRULE(this.state) },
      { ALT: () => this.SUBRULE(this.ghost) },
      { ALT: () => this.SUBRULE(this.invariant, { ARGS: [start, doc, unproved] }) },
      { ALT: () => this.SUBRULE(this.history, { ARGS: [start, doc, unproved] }) },
      { ALT: () => this.SUBRULE(this.event) },
      { ALT: () => this.SUBRULE(this.error) },
      { ALT: () => this.SUBRULE(this.init) },
      { ALT: () => this.SUBRULE(this.rule) },
      { ALT: () => this.SUBRULE(this.view) },
      { ALT: () => this.SUBRULE(this.fn) },
      { ALT: () => this.SUBRULE(this.hook) },
      { ALT: () => this.SUBRULE(this.struct) },
      { ALT: () => this.SUBRULE(this.enum) },
      { ALT: () => this.SUBRULE(this.lifecycle) },
      { ALT: () => this.SUBRULE(this.const) },
      { ALT: () => this.SUBRULE(this.prove, { ARGS: [start, unproved] }) },
    ]);
  });

  private unprovedWhat(): never {
    this.expected('an `invariant`, `history` or `prove` behind `unproved`');
    return this.interrupt();
  }

  private version: Production<Of<'version' | 'purpose'>> = this.production('version', () => {
    const start = this.here();
    const kind = this.choose<'version' | 'purpose'>([
      { ALT: () => this.take(K.version, 'version') },
      { ALT: () => this.take(K.purpose, 'purpose') },
    ]);
    const text = this.SUBRULE(this.text_);
    this.semicolon(`this \`${kind}\``);
    return { kind, span: this.since(start), text };
  });

  private uses: Production<Of<'uses'>> = this.production('uses', () => {
    const start = this.here();
    this.CONSUME(K.uses);
    const capabilities: Capability[] = [];
    this.MANY_SEP({ SEP: Comma, DEF: () => capabilities.push(this.SUBRULE(this.capability)) });
    if (!this.RECORDING_PHASE && capabilities.length === 0)
      this.expected('a capability such as `ledger.read`');
    this.semicolon('this list of capabilities');
    return { kind: 'uses', span: this.since(start), capabilities };
  });

  private capability: Production<Capability> = this.production('capability', () => {
    const start = this.here();
    const module = this.name('a capability such as `ledger.read`');
    this.need(Dot, '`.read` or `.write`');
    const right = this.SUBRULE(this.word);
    return { kind: 'capability', span: this.since(start), module, right };
  });

  private implements: Production<Of<'implements'>> = this.production('implements', () => {
    const start = this.here();
    this.CONSUME(K.implements);
    const interfaces = [this.name('the name of an interface')];
    this.MANY(() => {
      this.CONSUME(Comma);
      interfaces.push(this.name('the name of an interface'));
    });
    this.semicolon('this list of interfaces');
    return { kind: 'implements', span: this.since(start), interfaces };
  });

  private upgrade: Production<Of<'upgrade' | 'upgradable'>> = this.production('upgrade', () => {
    const start = this.here();
    return this.choose<Of<'upgrade' | 'upgradable'>>([
      {
        ALT: () => {
          this.CONSUME(K.upgradable);
          this.semicolon('`upgradable`');
          return { kind: 'upgradable', span: this.since(start) };
        },
      },
      {
        ALT: () => {
          this.CONSUME(K.upgrade);
          this.need(K.from, '`from "version"`');
          const from = this.SUBRULE(this.text_);
          const body = this.SUBRULE(this.block);
          return { kind: 'upgrade', span: this.since(start), from, body };
        },
      },
    ]);
  });

  private accessMember: Production<Access> = this.production('accessMember', () => {
    const access = this.SUBRULE(this.access);
    this.semicolon('this `access`');
    return access;
  });

  private access: Production<Access> = this.production('access', () => {
    const start = this.here();
    this.CONSUME(K.access);
    const items = [this.SUBRULE(this.accessItem)];
    this.MANY(() => {
      this.CONSUME(Comma);
      items.push(this.SUBRULE2(this.accessItem));
    });
    return { kind: 'access', span: this.since(start), items };
  });

  private accessItem: Production<AccessItem> = this.production('accessItem', () => {
    const start = this.here();
    if (!this.RECORDING_PHASE && !this.isOneOf([K.reputation, K.permission, K.contracts])) {
      this.expected('`reputation`, `permission` or `contracts`');
      this.interrupt();
    }
    return this.choose<AccessItem>([
      {
        ALT: () => {
          this.CONSUME(K.reputation);
          const score = this.SUBRULE(this.binary, { ARGS: [SUM] });
          this.need(K.in, '`in` and a context');
          return {
            kind: 'accessReputation',
            score,
            context: this.name('a context'),
            span: this.since(start),
          };
        },
      },
      {
        ALT: () => {
          this.CONSUME(K.permission);
          return { kind: 'accessPermission', permission: this.SUBRULE(this.text_), span: this.since(start) };
        },
      },
      {
        ALT: () => {
          this.CONSUME(K.contracts);
          return { kind: 'accessContracts', span: this.since(start) };
        },
      },
    ]);
  });

  private currency: Production<Of<'currency'>> = this.production('currency', () => {
    const doc = this.doc();
    const start = this.here();
    this.CONSUME(K.currency);
    const name = this.name('the name of the currency');
    const opener = this.need(LBrace, '`{ decimals n }`');
    const decimals = this.recover(BRACES_END, () => this.SUBRULE(this.decimals)) ?? {
      kind: 'int',
      span: this.since(this.behind()),
      digits: '0',
    };
    let issued = false;
    this.MANY(() =>
      this.choose<unknown>([
        { ALT: () => this.CONSUME(Semicolon) },
        {
          ALT: () => {
            this.CONSUME(K.issued);
            issued = true;
          },
        },
      ]),
    );
    this.close(RBrace, opener);
    return { kind: 'currency', span: this.since(start), doc, name, decimals, issued };
  });

  private decimals: Production<IntLiteral> = this.production('decimals', () => {
    this.need(K.decimals, '`decimals`');
    this.ACTION(() => this.isOneOf([Assign, Colon]) && this.skipsBetween('the number of decimals'));
    const digits = this.need(Int, 'the number of decimals');
    return { kind: 'int', span: spanOf(digits), digits: plainDigits(digits) };
  });

  /** A sign that stands before `what` and does not belong there. */
  private skipsBetween(what: string): void {
    this.expected(what, { fix: this.replacement(this.hereSpan(), '') });
    this.SKIP_TOKEN();
  }

  private state: Production<Of<'state'>> = this.production('state', () => {
    const start = this.here();
    this.CONSUME(K.state);
    const opener = this.need(LBrace, '`{` and the fields of the state');
    const fields: StateField[] = [];
    do {
      this.MANY(() => {
        const field = this.recover(FIELD_END, () => this.SUBRULE(this.stateField));
        if (field) fields.push(field);
      });
    } while (this.skipsInside(RBrace, FIELD_END, 'a field such as `name: Type;`'));
    this.close(RBrace, opener);
    return { kind: 'state', span: this.since(start), fields };
  });

  private stateField: Production<StateField> = this.production('stateField', () => {
    const doc = this.doc();
    const start = this.here();
    const { name, type } = this.SUBRULE(this.declared, { ARGS: ['the name of a field'] });
    const initial =
      this.OPTION(() => {
        this.CONSUME(Assign);
        return this.SUBRULE(this.expression);
      }) ?? null;
    this.semicolon('this field');
    return { kind: 'stateField', span: this.since(start), doc, name, type, initial };
  });

  /** A name, `:` and its type. The type before the name, and a name or a type alone, are told and read as meant. */
  private declared: Production<{ readonly name: Name; readonly type: TypeExpr }, [string]> = this.production(
    'declared',
    (what) => {
      if (!this.RECORDING_PHASE && this.startsTypeFirst()) return this.typeFirst();
      if (!this.RECORDING_PHASE && this.startsTypeAlone()) return this.typeAlone();
      this.ACTION(() => this.skipsMark());
      const name = this.name(what);
      const missing = this.ACTION(() => this.missingColon());
      if (!missing) this.need(Colon, '`:` and a type');
      return { name, type: missing === 'type' ? unread(this.behind()) : this.SUBRULE(this.type) };
    },
  );

  /** `indexed to: Did`, `mut x: Int` */
  private skipsMark(): void {
    if (!this.is(Identifier) || !this.isAt(2, Identifier) || !this.isAt(3, Colon)) return;
    this.habit({ instead: 'leave it out', write: '' });
    this.SKIP_TOKEN();
  }

  /** `Int total`, `address owner`, `uint256 public total` */
  private startsTypeFirst(): boolean {
    if (!this.is(Identifier) || !this.isAt(2, Identifier) || this.startsLineAt(2)) return false;
    const { image } = this.LA(1);
    return TYPE_HABITS.has(image) || /^[A-Z]/.test(image);
  }

  private typeFirst(before = ''): { readonly name: Name; readonly type: TypeExpr } {
    const start = this.here();
    const word = this.LA(1).image;
    const habit = TYPE_HABITS.get(word);
    const type: TypeExpr =
      habit === undefined
        ? { kind: 'namedType', span: this.hereSpan(), name: this.name('a type'), args: [] }
        : unread(start);
    if (habit !== undefined) this.SKIP_TOKEN();
    while (HEAD_HABITS.has(this.LA(1).image) && this.isAt(2, Identifier)) this.SKIP_TOKEN();
    const name = this.name('a name');
    const example = `${before}${name.text}: ${habit === undefined ? word : (habit.write ?? 'Type')}`;
    const span = this.since(start);
    const isKnown = habit === undefined || habit.write !== undefined;
    const fix = isKnown ? this.replacement(span, example) : null;
    this.reportAlways(diagnose('E0123', { file: this.file, span, example, fix }));
    this.hush();
    return { name, type };
  }

  /** `Did` in `event Paid(Did, Int)`. */
  private startsTypeAlone(): boolean {
    if (!this.is(Identifier) || !/^[A-Z]/.test(this.LA(1).image)) return false;
    return this.isOneOfAt(2, [Comma, RParen, RBrace, Less]);
  }

  private typeAlone(): { readonly name: Name; readonly type: TypeExpr } {
    this.expected('a name and `:` before the type', { instead: 'write `name: Type`' });
    const start = this.here();
    const type = this.SUBRULE9(this.type);
    return { name: { kind: 'name', span: { start, end: start }, text: '' }, type };
  }

  /** What is missing behind a name that has no `:`: that alone, or the type, too. */
  private missingColon(): 'colon' | 'type' | null {
    if (this.is(Colon)) return null;
    const at = this.behind();
    const fix = { title: 'Insert `:`', edits: [{ span: { start: at, end: at }, text: ':' }] };
    if (this.isOneOf([Identifier, LParen]) && !this.startsLine()) {
      this.expected('`:` and a type', { fix });
      return 'colon';
    }
    if (!this.isOneOf([Comma, RParen, RBrace, Semicolon, Assign])) return null;
    this.expected('`:` and a type', this.is(Assign) ? { instead: 'write `name: Type = value`' } : {});
    return 'type';
  }

  private ghost: Production<Of<'ghost'>> = this.production('ghost', () => {
    const doc = this.doc();
    const start = this.here();
    this.CONSUME(K.ghost);
    const { name, type } = this.SUBRULE(this.declared, { ARGS: ['the name of the ghost'] });
    this.semicolon('this ghost');
    return { kind: 'ghost', span: this.since(start), doc, name, type };
  });

  private invariant: Production<Of<'invariant'>, [number, string | null, boolean]> = this.production(
    'invariant',
    (start, doc, unproved) => {
      this.CONSUME(K.invariant);
      const name = this.SUBRULE(this.clauseName, { ARGS: ['invariant', 'what always holds'] });
      const condition = this.SUBRULE(this.claim);
      this.semicolon('this invariant');
      return { kind: 'invariant', span: this.since(start), doc, unproved, name, condition };
    },
  );

  /** `name:` of a clause; one without is read all the same. */
  private clauseName: Production<Name, [string, string]> = this.production('clauseName', (word, says) => {
    if (!this.RECORDING_PHASE && !this.isAt(2, Colon) && this.isOneOf(EXPRESSION_STARTS)) {
      this.expected(`a name and \`:\` before ${says}`, { instead: `write \`${word} name: …;\`` });
      const at = this.behind();
      return { kind: 'name', span: { start: at, end: at }, text: '' };
    }
    const name = this.name('a name for the clause');
    this.need(Colon, `\`:\` and ${says}`);
    return name;
  });

  private history: Production<Of<'history'>, [number, string | null, boolean]> = this.production(
    'history',
    (start, doc, unproved) => {
      this.CONSUME(K.history);
      const always =
        this.OPTION({ GATE: () => this.isAt(2, Identifier), DEF: () => this.CONSUME(K.always) }) !==
        undefined;
      const name = this.SUBRULE(this.clauseName, { ARGS: ['history', 'what relates before to after'] });
      const condition = this.SUBRULE(this.claim);
      this.semicolon('this clause');
      return { kind: 'history', span: this.since(start), doc, unproved, name, always, condition };
    },
  );

  private event: Production<Of<'event'>> = this.production('event', () => {
    const doc = this.doc();
    const start = this.here();
    this.CONSUME(K.event);
    const name = this.name('the name of the event');
    const fields = this.SUBRULE(this.params);
    this.semicolon('this event');
    return { kind: 'event', span: this.since(start), doc, name, fields };
  });

  private error: Production<Of<'error'>> = this.production('error', () => {
    const doc = this.doc();
    const start = this.here();
    this.CONSUME(K.error);
    const name = this.name('the name of the error');
    const fields = this.SUBRULE(this.params);
    this.semicolon('this error');
    return { kind: 'error', span: this.since(start), doc, name, fields };
  });

  // ---- callables ---------------------------------------------------------------------------------

  private init: Production<Of<'init'>> = this.production('init', () => {
    const doc = this.doc();
    const start = this.here();
    this.CONSUME(K.init);
    const params = this.SUBRULE(this.params);
    const specs = this.SUBRULE(this.specs);
    const body = this.SUBRULE(this.block);
    return { kind: 'init', span: this.since(start), doc, params, specs, body };
  });

  private rule: Production<Of<'rule'>> = this.production('rule', () => {
    const doc = this.doc();
    const start = this.here();
    const open = this.OPTION(() => this.CONSUME(K.open)) !== undefined;
    this.need(K.rule, '`rule`');
    const name = this.name('the name of the rule');
    const params = this.SUBRULE(this.params);
    const result = this.SUBRULE(this.result);
    const specs = this.SUBRULE(this.specs);
    const body = this.SUBRULE(this.block);
    return { kind: 'rule', span: this.since(start), doc, open, name, params, result, specs, body };
  });

  private view: Production<Of<'view'>> = this.production('view', () => {
    const doc = this.doc();
    const start = this.here();
    this.CONSUME(K.view);
    const name = this.name('the name of the view');
    const params = this.SUBRULE(this.params);
    const result = this.SUBRULE(this.result);
    const specs = this.SUBRULE(this.specs);
    const body = this.SUBRULE(this.block);
    return { kind: 'view', span: this.since(start), doc, name, params, result, specs, body };
  });

  private fn: Production<Of<'fn'>> = this.production('fn', () => {
    const doc = this.doc();
    const start = this.here();
    this.CONSUME(K.fn);
    const name = this.name('the name of the function');
    const params = this.SUBRULE(this.params);
    const result = this.SUBRULE(this.result);
    const specs = this.SUBRULE(this.specs);
    const body = this.SUBRULE(this.block);
    return { kind: 'fn', span: this.since(start), doc, name, params, result, specs, body };
  });

  private hook: Production<Hook> = this.production('hook', () => {
    const doc = this.doc();
    const start = this.here();
    this.CONSUME(K.on);
    const trigger = this.SUBRULE(this.trigger);
    this.need(K.gas, '`gas` and how much the hook may use');
    const gas = this.SUBRULE(this.head);
    const body = this.SUBRULE(this.block);
    return { kind: 'hook', span: this.since(start), doc, trigger, gas, body };
  });

  private trigger: Production<Hook['trigger']> = this.production('trigger', () => {
    const start = this.here();
    return this.choose<Hook['trigger']>([
      {
        GATE: () => !this.isAt(2, LParen),
        ALT: () => {
          this.CONSUME(K.every);
          return { kind: 'onEvery', period: this.SUBRULE(this.head), span: this.since(start) };
        },
      },
      {
        ALT: () => {
          const name = this.name('an event or `every`');
          return { kind: 'onEvent', name, params: this.SUBRULE(this.params), span: this.since(start) };
        },
      },
    ]);
  });

  private params: Production<readonly Param[]> = this.production('params', () => {
    const opener = this.need(LParen, '`(` and the parameters');
    return this.listOf(RParen, opener, () => this.SUBRULE(this.param), PARAMS_STOP);
  });

  private param: Production<Param> = this.production('param', () => {
    const start = this.here();
    const { name, type } = this.SUBRULE(this.declared, { ARGS: ['a name'] });
    this.ACTION(() => this.is(Assign) && this.skipsDefault());
    return { kind: 'param', span: this.since(start), name, type };
  });

  private skipsDefault(): void {
    this.habit({ instead: 'who calls gives a value to every parameter' }, 1, 'default values');
    this.SKIP_TOKEN();
    this.SUBRULE9(this.expression);
  }

  private result: Production<TypeExpr | null> = this.production('result', () => {
    this.ACTION(() => this.skipsHeadHabits());
    return (
      this.OPTION(() => {
        this.CONSUME(Arrow);
        return this.SUBRULE(this.type);
      }) ?? null
    );
  });

  /** `public view returns (Int)` and the like between the parameters and what belongs there. */
  private skipsHeadHabits(): void {
    let count = 0;
    while (count < 8 && HEAD_HABITS.has(this.LA(count + 1).image) && !this.startsLineAt(count + 1))
      count += 1;
    if (count > 0) {
      const words = this.text.slice(this.here(), spanOf(this.LA(count)).end);
      this.habit(HEAD_HABITS.get(this.LA(1).image)!, count, `\`${words}\` here`);
      for (let at = 0; at < count; at++) this.SKIP_TOKEN();
    }
    const { image } = this.LA(1);
    if (image !== 'returns' && !this.is(Colon)) return;
    const fix = this.replacement(this.hereSpan(), image === ':' ? ' ->' : '->');
    if (count === 0)
      this.expected('a clause such as `requires`, or the body', {
        instead: 'the type of the result stands behind `->`',
        fix,
      });
    this.retype(Arrow);
  }

  // ---- clauses -----------------------------------------------------------------------------------

  private specs: Production<readonly Spec[]> = this.production('specs', () => {
    const specs: Spec[] = [];
    do {
      this.MANY(() => {
        const spec = this.recover(CLAUSE_END, () => this.withoutStructs(() => this.SUBRULE(this.spec)));
        if (spec) specs.push(spec);
      });
    } while (this.skipsToClause());
    return specs;
  });

  /** Something between the clauses and the body that is neither: said once and skipped. */
  private skipsToClause(): boolean {
    if (this.RECORDING_PHASE || this.isEnd() || this.startsDeclaration()) return false;
    if (this.isOneOf([LBrace, RBrace, Semicolon, K.gas])) return false;
    if (this.mends(HEAD_HABITS, CLAUSE_WORDS)) return true;
    const instead = this.is(Identifier) ? CONDITION : undefined;
    this.expected('a clause such as `requires`, or the body', instead === undefined ? {} : { instead });
    this.skip(CLAUSE_END, this.here());
    return this.isOneOf(CLAUSE_STARTS);
  }

  private spec: Production<Spec> = this.production('spec', () => {
    const start = this.here();
    const unproved = this.OPTION(() => this.CONSUME(K.unproved)) !== undefined;
    if (!this.RECORDING_PHASE && !this.isOneOf(CLAUSE_STARTS)) {
      this.expected('a clause such as `ensures`');
      this.interrupt();
    }
    return this.choose<Spec>([
      { ALT: () => this.SUBRULE(this.requires, { ARGS: [start, unproved] }) },
      { ALT: () => this.SUBRULE(this.condition, { ARGS: [start, unproved] }) },
      { ALT: () => this.SUBRULE(this.changes, { ARGS: [start, unproved] }) },
      { ALT: () => this.SUBRULE(this.access) },
    ]);
  });

  /** What a clause says; an `=` in it was meant to be `==`. */
  private claim: Production<Expr> = this.production('claim', () => {
    const said = this.SUBRULE(this.expression);
    this.OPTION(() => {
      const token = this.CONSUME(Assign);
      this.ACTION(() => this.reportEqual(token));
      this.SUBRULE2(this.expression);
    });
    return said;
  });

  private requires: Production<Spec, [number, boolean]> = this.production('requires', (start, unproved) => {
    this.CONSUME(K.requires);
    const condition = this.SUBRULE(this.claim);
    const message = this.SUBRULE(this.elseText);
    const said = this.ACTION(() => this.reasoned(condition, message));
    return { kind: 'requires', span: this.since(start), unproved, ...said };
  });

  private condition: Production<Spec, [number, boolean]> = this.production('condition', (start, unproved) => {
    const kind = this.choose<'ensures' | 'succeedsWhen' | 'failsWhen'>([
      { ALT: () => this.take(K.ensures, 'ensures') },
      {
        ALT: () => {
          this.CONSUME(K.succeeds);
          this.need(K.when, '`when`');
          return 'succeedsWhen';
        },
      },
      {
        ALT: () => {
          this.CONSUME(K.fails);
          this.need(K.when, '`when`');
          return 'failsWhen';
        },
      },
    ]);
    const condition = this.SUBRULE(this.claim);
    return { kind, span: this.since(start), unproved, condition };
  });

  private changes: Production<Spec, [number, boolean]> = this.production('changes', (start, unproved) => {
    this.CONSUME(K.changes);
    const places = [this.SUBRULE(this.postfix)];
    this.MANY(() => {
      this.CONSUME(Comma);
      places.push(this.SUBRULE2(this.postfix));
    });
    return { kind: 'changes', span: this.since(start), unproved, places };
  });

  /** `else "why"` */
  private elseText: Production<TextLiteral | null> = this.production('elseText', () => {
    this.ACTION(() => this.is(Text) && this.reportReason(this.hereSpan(), 'else '));
    return (
      this.OPTION(() => {
        this.OPTION2(() => this.CONSUME(K.else));
        return this.SUBRULE(this.text_);
      }) ?? null
    );
  });

  /** A reason without the `else` before it. */
  private reportReason(span: Span, text: string): void {
    const fix = {
      title: 'Write `else` before it',
      edits: [{ span: { start: span.start, end: span.start }, text }],
    };
    this.report(diagnose('E0126', { file: this.file, span, fix }));
  }

  /** `(condition, "why")` of other languages is told apart, and read as it was meant. */
  private reasoned(condition: Expr, message: TextLiteral | null) {
    if (condition.kind !== 'tuple' || condition.items.length !== 2 || message !== null)
      return { condition, message };
    const [said, reason] = condition.items as [Expr, Expr];
    if (reason.kind !== 'text') return { condition, message };
    const { start, end } = condition.span;
    const edits = [
      { span: { start, end: said.span.start }, text: /[\s(]$/.test(this.text.slice(0, start)) ? '' : ' ' },
      { span: { start: said.span.end, end: reason.span.start }, text: ' else ' },
      { span: { start: reason.span.end, end }, text: '' },
    ];
    const fix = { title: 'Write `else` before the reason', edits };
    this.reportAlways(diagnose('E0126', { file: this.file, span: reason.span, fix }));
    return { condition: said, message: reason };
  }

  // ---- other declarations ------------------------------------------------------------------------

  private interface: Production<Of<'interface'>> = this.production('interface', () => {
    const doc = this.doc();
    const start = this.here();
    this.CONSUME(K.interface);
    const name = this.name('the name of the interface');
    const opener = this.need(LBrace, '`{` and the methods of the interface');
    const methods: Method[] = [];
    do {
      this.MANY(() => {
        const method = this.recover(MEMBER_END, () => this.SUBRULE(this.method));
        if (method) methods.push(method);
      });
      this.ACTION(() => this.skipsFields());
    } while (this.skipsInside(RBrace, MEMBER_END, 'a `rule` or `view`'));
    this.close(RBrace, opener);
    return { kind: 'interface', span: this.since(start), doc, name, methods };
  });

  /** `interface Bill { seller: Did; }`: fields, which are one mistake. */
  private skipsFields(): void {
    if (!this.is(Identifier) || !this.isAt(2, Colon)) return;
    this.expected('a `rule` or `view`', { instead: 'a type with fields is a `struct`' });
    while (!this.isEnd() && !this.is(RBrace) && !this.startsDeclaration()) this.SKIP_TOKEN();
  }

  private method: Production<Method> = this.production('method', () => {
    const doc = this.doc();
    const start = this.here();
    const view = this.choose<boolean>([
      { ALT: () => this.take(K.rule, false) },
      { ALT: () => this.take(K.view, true) },
    ]);
    const name = this.name('the name of the method');
    const params = this.SUBRULE(this.params);
    const result = this.SUBRULE(this.result);
    const specs = this.SUBRULE(this.specs);
    const gas =
      this.OPTION(() => {
        this.CONSUME(K.gas);
        return this.SUBRULE(this.expression);
      }) ?? null;
    this.semicolon('this method');
    return { kind: 'method', span: this.since(start), doc, view, name, params, result, specs, gas };
  });

  private struct: Production<Of<'struct'>> = this.production('struct', () => {
    const doc = this.doc();
    const start = this.here();
    this.CONSUME(K.struct);
    const name = this.name('the name of the struct');
    const opener = this.need(LBrace, '`{` and the fields of the struct');
    const fields = this.listOf(RBrace, opener, () => this.SUBRULE(this.param));
    return { kind: 'struct', span: this.since(start), doc, name, fields };
  });

  private enum: Production<Of<'enum'>> = this.production('enum', () => {
    const doc = this.doc();
    const start = this.here();
    this.CONSUME(K.enum);
    const name = this.name('the name of the enum');
    const opener = this.need(LBrace, '`{` and the variants of the enum');
    const variants = this.listOf(RBrace, opener, () => this.SUBRULE(this.variant));
    return { kind: 'enum', span: this.since(start), doc, name, variants };
  });

  private variant: Production<Variant> = this.production('variant', () => {
    const start = this.here();
    const name = this.name('the name of a variant');
    const fields =
      this.OPTION(() => {
        const opener = this.CONSUME(LBrace);
        return this.listOf(RBrace, opener, () => this.SUBRULE(this.param));
      }) ?? [];
    return { kind: 'variant', span: this.since(start), name, fields };
  });

  private lifecycle: Production<Of<'lifecycle'>> = this.production('lifecycle', () => {
    const doc = this.doc();
    const start = this.here();
    this.CONSUME(K.lifecycle);
    const name = this.name('the name of the lifecycle');
    const opener = this.need(LBrace, '`{` and the transitions');
    const transitions: Transition[] = [];
    do {
      this.MANY(() => {
        const transition = this.recover(FIELD_END, () => this.SUBRULE(this.transition));
        if (transition) transitions.push(transition);
      });
    } while (this.skipsInside(RBrace, FIELD_END, 'a transition such as `Draft -> Open;`'));
    this.close(RBrace, opener);
    return { kind: 'lifecycle', span: this.since(start), doc, name, transitions };
  });

  private transition: Production<Transition> = this.production('transition', () => {
    const start = this.here();
    const from = this.name('a state');
    this.need(Arrow, '`->` and the states that may follow');
    const to = [this.name('a state')];
    this.MANY({
      GATE: () => !this.isAt(3, Arrow),
      DEF: () => {
        this.CONSUME(Comma);
        to.push(this.name('a state'));
      },
    });
    this.semicolon('these transitions');
    return { kind: 'transition', span: this.since(start), from, to };
  });

  private const: Production<Of<'const'>> = this.production('const', () => {
    const doc = this.doc();
    const start = this.here();
    this.CONSUME(K.const);
    const name = this.name('the name of the constant');
    const type = this.SUBRULE(this.annotation);
    this.need(Assign, '`=` and the value');
    const value = this.value();
    this.semicolon('this constant');
    return { kind: 'const', span: this.since(start), doc, name, type, value };
  });

  /** `: T` behind a name. */
  private annotation: Production<TypeExpr | null> = this.production('annotation', () => {
    return (
      this.OPTION(() => {
        this.CONSUME(Colon);
        return this.SUBRULE(this.type);
      }) ?? null
    );
  });

  private test: Production<Of<'test' | 'testInvariants'>> = this.production('test', () => {
    const start = this.here();
    this.CONSUME(K.test);
    return this.choose<Of<'test' | 'testInvariants'>>([
      {
        ALT: () => {
          this.CONSUME(K.invariants);
          const contract = this.name('the name of a contract');
          this.semicolon('this test');
          return { kind: 'testInvariants', span: this.since(start), contract };
        },
      },
      {
        ALT: () => {
          const title = this.SUBRULE(this.text_);
          const params = this.SUBRULE(this.optionalParams);
          const body = this.SUBRULE(this.block);
          return { kind: 'test', span: this.since(start), title, params, body };
        },
      },
    ]);
  });

  private prove: Production<Of<'prove'>, [number, boolean]> = this.production('prove', (start, unproved) => {
    this.CONSUME(K.prove);
    const title = this.SUBRULE(this.text_);
    const params = this.SUBRULE(this.optionalParams);
    const body = this.SUBRULE(this.block);
    return { kind: 'prove', span: this.since(start), unproved, title, params, body };
  });

  private optionalParams: Production<readonly Param[]> = this.production('optionalParams', () => {
    return this.OPTION(() => this.SUBRULE(this.params)) ?? [];
  });

  // ---- types -------------------------------------------------------------------------------------

  private type: Production<TypeExpr> = this.production('type', () =>
    this.nested(() => this.SUBRULE(this.plainType)),
  );

  private plainType: Production<TypeExpr> = this.production('plainType', () => {
    const start = this.here();
    if (!this.RECORDING_PHASE && !this.isOneOf([LParen, Identifier])) return this.missing('a type');
    if (!this.RECORDING_PHASE && this.LA(1).image === 'mapping' && this.isAt(2, LParen))
      return this.mapping();
    return this.choose<TypeExpr>([
      {
        ALT: () => {
          const opener = this.CONSUME(LParen);
          const items = this.listOf(RParen, opener, () => this.SUBRULE(this.type));
          if (items.length === 1) return this.ACTION(() => items[0]!);
          return { kind: 'tupleType', span: this.since(start), items };
        },
      },
      {
        ALT: () => {
          const name = this.name('a type');
          const args = this.OPTION(() => this.SUBRULE(this.typeArgs)) ?? [];
          this.ACTION(() => this.is(LBracket) && this.skipsBrackets());
          return { kind: 'namedType', span: this.since(start), name, args };
        },
      },
    ]);
  });

  /** `Did[]` */
  private skipsBrackets(): void {
    const instead = 'a list says how many elements it holds at most: `List<Did, 1_000>`';
    this.habit({ instead }, this.isAt(2, RBracket) ? 2 : 1, '`[]` behind a type');
    const end = this.partnerBehind(1);
    while (!this.isEnd() && this.here() < end) this.SKIP_TOKEN();
  }

  /** `mapping(address => uint256)` */
  private mapping(): TypeExpr {
    const start = this.here();
    const end = this.partnerBehind(2);
    const inner = this.text.slice(spanOf(this.LA(2)).end, end - 1);
    const parts = inner.split('=>').map((part) => TYPE_HABITS.get(part.trim())?.write ?? part.trim());
    const type = parts.length === 2 ? `Map<${parts.join(', ')}>` : null;
    const fix = type === null ? null : this.replacement({ start, end }, type);
    const instead = `a table is written \`${type ?? 'Map<Did, Int>'}\``;
    this.report(
      diagnose('E0122', { file: this.file, span: this.hereSpan(), word: '`mapping`', advice: instead, fix }),
    );
    while (!this.isEnd() && this.here() < end) this.SKIP_TOKEN();
    return unread(start);
  }

  /** Where the partner of the opening bracket `distance` tokens ahead ends; the end of the text where it has none. */
  private partnerBehind(distance: number): number {
    let depth = 0;
    for (let at = distance; this.LA(at).tokenType !== EOF; at++) {
      if (this.isOneOfAt(at, [LParen, LBracket, LBrace])) depth += 1;
      else if (this.isOneOfAt(at, [RParen, RBracket, RBrace])) depth -= 1;
      if (depth === 0) return spanOf(this.LA(at)).end;
    }
    return this.text.length;
  }

  private typeArgs: Production<readonly TypeArg[]> = this.production('typeArgs', () => {
    const opener = this.CONSUME(Less);
    const args: TypeArg[] = [];
    this.MANY_SEP({ SEP: Comma, DEF: () => args.push(this.SUBRULE(this.typeArg)) });
    this.close(Greater, opener);
    return args;
  });

  private typeArg: Production<TypeArg> = this.production('typeArg', () => {
    const start = this.here();
    if (!this.RECORDING_PHASE && !this.isOneOf([Int, LParen, Identifier])) return this.missing('a type');
    return this.choose<TypeArg>([
      {
        ALT: () => {
          const token = this.CONSUME(Int);
          const value = { kind: 'int', span: spanOf(token), digits: plainDigits(token) } as const;
          return { kind: 'sizeArg', span: this.since(start), value };
        },
      },
      { ALT: () => this.SUBRULE(this.type) },
    ]);
  });

  // ---- statements --------------------------------------------------------------------------------

  private block: Production<Block> = this.production('block', () =>
    this.nested(() => this.withStructs(() => this.SUBRULE(this.braces))),
  );

  private braces: Production<Block> = this.production('braces', () => {
    const start = this.here();
    const opener = this.need(LBrace, '`{`');
    const statements: Stmt[] = [];
    let result: Expr | null = null;
    do {
      this.MANY({
        GATE: () => !this.startsDeclaration() && !this.startsTest(),
        DEF: () => {
          const from = this.here();
          const node = this.recover(STATEMENT_END, () => this.SUBRULE(this.statement));
          this.ACTION(() => {
            if (node?.kind === 'last') result = node.value;
            else statements.push(node ?? { kind: 'missing', span: this.since(from) });
          });
        },
      });
    } while (this.skipsToStatement());
    this.close(RBrace, opener);
    return { kind: 'block', span: this.since(start), statements, result };
  });

  private skipsToStatement(): boolean {
    if (this.is(K.const) && this.isAt(2, Identifier)) {
      const instead = 'what keeps its value is declared with `let` there';
      this.habit({ instead, write: 'let' }, 1, '`const` in a body');
      this.retype(K.let);
      return true;
    }
    const { image } = this.LA(1);
    const isClause = CLAUSE_WORDS.some((word) => word === image) && this.startsLine();
    const instead =
      'clauses stand before the `{` of the body; inside of it `assert …;` says what is true there';
    return this.skipsInside(RBrace, STATEMENT_END, 'a statement', isClause ? instead : undefined);
  }

  /** `test "…"` at the start of a line cannot be a statement. */
  private startsTest(): boolean {
    return this.isOneOf([K.test, K.prove]) && this.isAt(2, Text) && this.startsLine();
  }

  private statement: Production<Stmt | Last> = this.production('statement', () => {
    if (this.startsWithWord()) return this.SUBRULE9(this.simple);
    return this.choose<Stmt | Last>([
      { ALT: () => this.SUBRULE(this.let) },
      { ALT: () => this.SUBRULE(this.return) },
      { ALT: () => this.SUBRULE(this.require) },
      { GATE: () => this.is(K.assert) || this.isAt(2, K.assert), ALT: () => this.SUBRULE(this.assert) },
      { ALT: () => this.SUBRULE(this.emit) },
      { ALT: () => this.SUBRULE(this.for) },
      { ALT: () => this.SUBRULE(this.branching) },
      { ALT: () => this.SUBRULE(this.expect) },
      { ALT: () => this.SUBRULE(this.assume) },
      { GATE: () => this.isAt(2, Identifier), ALT: () => this.SUBRULE(this.ghostAssign) },
      { GATE: () => this.isAt(2, K.time), ALT: () => this.SUBRULE(this.atTime) },
      { GATE: () => this.isAt(2, Identifier), ALT: () => this.SUBRULE(this.testMember) },
      { GATE: () => this.startsPayment(), ALT: () => this.SUBRULE(this.payment) },
      { GATE: () => this.isAt(2, Semicolon), ALT: () => this.SUBRULE(this.later) },
      { ALT: () => this.SUBRULE(this.simple) },
    ]);
  });

  private let: Production<Stmt> = this.production('let', () => {
    const start = this.here();
    const mutable = this.choose<boolean>([
      { ALT: () => this.take(K.let, false) },
      { ALT: () => this.take(K.var, true) },
    ]);
    const isMutable = this.ACTION(() => this.skipsMutable());
    const name = this.name('a name for the value');
    const type = this.SUBRULE(this.annotation);
    this.need(Assign, '`=` and the value');
    const value = this.value();
    this.semicolon('this statement');
    return { kind: 'let', span: this.since(start), mutable: mutable || isMutable, name, type, value };
  });

  private skipsMutable(): boolean {
    if (this.LA(1).image !== 'mut' || !this.isAt(2, Identifier)) return false;
    const { start } = spanOf(this.LA(0));
    const span = { start, end: spanOf(this.LA(1)).end };
    const fix = { title: 'Write `var`', edits: [{ span, text: 'var' }] };
    const instead = 'a variable that changes is declared with `var`';
    this.report(
      diagnose('E0122', { file: this.file, span: this.hereSpan(), word: '`mut`', advice: instead, fix }),
    );
    this.SKIP_TOKEN();
    return true;
  }

  private return: Production<Stmt> = this.production('return', () => {
    const start = this.here();
    this.CONSUME(K.return);
    const value = this.OPTION(() => this.value()) ?? null;
    this.semicolon('this `return`');
    return { kind: 'return', span: this.since(start), value };
  });

  private require: Production<Stmt> = this.production('require', () => {
    const start = this.here();
    this.CONSUME(K.require);
    this.ACTION(() => this.checkMacro());
    const condition = this.SUBRULE(this.claim);
    const message = this.SUBRULE(this.elseText);
    const said = this.ACTION(() => this.reasoned(condition, message));
    this.semicolon('this `require`');
    return { kind: 'require', span: this.since(start), ...said };
  });

  private assert: Production<Stmt> = this.production('assert', () => {
    const start = this.here();
    const unproved = this.OPTION(() => this.CONSUME(K.unproved)) !== undefined;
    this.CONSUME(K.assert);
    this.ACTION(() => this.checkMacro());
    const said = this.SUBRULE(this.claim);
    const condition = this.ACTION(() => this.withoutReason(said));
    this.semicolon('this `assert`');
    return { kind: 'assert', span: this.since(start), unproved, condition };
  });

  /** `assert!(…)` would say the opposite of what is meant. */
  private checkMacro(): void {
    if (!this.is(Not) || this.here() !== this.behind()) return;
    const instead = 'leave out the `!`: it would turn the condition around';
    this.habit({ instead, write: '' }, 1, `\`${this.LA(0).image}!\``);
    this.SKIP_TOKEN();
  }

  private withoutReason(condition: Expr): Expr {
    if (condition.kind !== 'tuple' || condition.items.length !== 2) return condition;
    const [said, reason] = condition.items as [Expr, Expr];
    if (reason.kind !== 'text') return condition;
    const word = 'reason behind `assert`';
    const advice = 'what it says is proved, so nobody is refused: leave the reason out';
    const edits = [{ span: { start: said.span.end, end: reason.span.end }, text: '' }];
    const fix = { title: 'Remove the reason', edits };
    this.reportAlways(diagnose('E0122', { file: this.file, span: reason.span, word, advice, fix }));
    return said;
  }

  private assume: Production<Stmt> = this.production('assume', () => {
    const start = this.here();
    this.CONSUME(K.assume);
    const condition = this.SUBRULE(this.expression);
    this.semicolon('this `assume`');
    return { kind: 'assume', span: this.since(start), condition };
  });

  private emit: Production<Stmt> = this.production('emit', () => {
    const start = this.here();
    return this.choose<Stmt>([
      {
        ALT: () => {
          this.CONSUME(K.emit);
          const event = this.name('the name of an event');
          const args = this.SUBRULE(this.args);
          this.semicolon('this `emit`');
          return { kind: 'emit', span: this.since(start), event, args };
        },
      },
      {
        ALT: () => {
          this.CONSUME(K.fail);
          const error = this.name('the name of an error');
          const args = this.SUBRULE2(this.args);
          this.semicolon('this `fail`');
          return { kind: 'fail', span: this.since(start), error, args };
        },
      },
    ]);
  });

  private for: Production<Stmt> = this.production('for', () => {
    const start = this.here();
    this.CONSUME(K.for);
    this.ACTION(() => this.checkFor());
    const variable = this.name('a name for each element');
    this.need(K.in, '`in`');
    const source = this.SUBRULE(this.head);
    const range = this.OPTION(() => this.SUBRULE(this.range));
    const invariants: Expr[] = [];
    this.MANY(() => {
      this.CONSUME(K.invariant);
      invariants.push(this.SUBRULE2(this.head));
    });
    const body = this.SUBRULE(this.block);
    const loop = { span: this.since(start), variable, invariants, body };
    if (range === undefined) return { kind: 'forIn', ...loop, source };
    return { kind: 'forRange', ...loop, from: source, to: range.to, upTo: range.upTo };
  });

  private skipsInclusive(): void {
    if (!this.is(Assign) && !this.is(Less)) return;
    const instead = 'a range begins with its first number and ends before its last one';
    this.habit({ instead, write: '' }, 1, `\`..${this.LA(1).image}\``);
    this.SKIP_TOKEN();
  }

  private checkFor(): void {
    if (!this.is(LParen)) return;
    const instead = 'write `for i in 0..n up to 100 { … }`, or `for x in members { … }`';
    this.report(
      diagnose('E0122', { file: this.file, span: this.hereSpan(), word: '`for (…)`', advice: instead }),
    );
    this.interrupt();
  }

  /** `..b up to n` */
  private range: Production<{ readonly to: Expr; readonly upTo: Expr | null }> = this.production(
    'range',
    () => {
      this.CONSUME(DotDot);
      this.ACTION(() => this.skipsInclusive());
      const to = this.SUBRULE(this.head);
      const upTo =
        this.OPTION(() => {
          this.CONSUME(K.up);
          this.need(K.to, '`to`');
          return this.SUBRULE2(this.head);
        }) ?? null;
      return { to, upTo };
    },
  );

  /** An `if`, `match` or block where a statement stands: needs no `;`, and is the block's value when it has one. */
  private branching: Production<Stmt | Last> = this.production('branching', () => {
    const start = this.here();
    const value = this.choose<Expr>([
      { ALT: () => this.SUBRULE(this.if) },
      { ALT: () => this.SUBRULE(this.match) },
      { ALT: () => this.SUBRULE(this.block) },
    ]);
    const ended = this.OPTION(() => this.CONSUME(Semicolon)) !== undefined;
    if (!this.RECORDING_PHASE && !ended && this.is(RBrace) && hasValue(value)) return { kind: 'last', value };
    return { kind: 'exprStmt', span: this.since(start), value };
  });

  /** An assignment, a call or the block's value. */
  private simple: Production<Stmt | Last> = this.production('simple', () => {
    const start = this.here();
    this.ACTION(() => this.checkHabit());
    if (!this.RECORDING_PHASE && this.startsTypeFirst() && this.isAt(3, Assign)) return this.typedLocal();
    const value = this.SUBRULE(this.expression);
    const assigned = this.OPTION(() => {
      const op = this.CONSUME(AssignOperator).image as AssignOp;
      this.ACTION(() => this.checkPlace(value));
      return { op, value: this.SUBRULE2(this.expression) };
    });
    if (!this.RECORDING_PHASE && assigned === undefined && this.is(RBrace)) return { kind: 'last', value };
    this.semicolon('this statement');
    const span = this.since(start);
    if (assigned !== undefined)
      return { kind: 'assign', span, target: value, op: assigned.op, value: assigned.value };
    return this.ACTION(() => callStatement(value, span));
  });

  /** `Int x = 1;` */
  private typedLocal(): Stmt {
    const start = this.here();
    const { name, type } = this.typeFirst('let ');
    this.CONSUME9(Assign);
    const value = this.SUBRULE9(this.expression);
    this.semicolon('this statement');
    return { kind: 'let', span: this.since(start), mutable: true, name, type, value };
  }

  /** A statement of another language is given up as a whole, so that it is one mistake. */
  private checkHabit(): void {
    const habit = STATEMENT_HABITS.get(this.LA(1).image);
    if (habit === undefined || !this.is(Identifier) || this.isOneOfAt(2, HABIT_FOLLOWERS)) return;
    if (this.isAt(2, LParen) && !this.isBlockBehind(2)) return;
    this.habit(habit);
    this.interrupt();
  }

  /** Whether a `{` follows the partner of the bracket `distance` tokens ahead: then that was no call. */
  private isBlockBehind(distance: number): boolean {
    const end = this.partnerBehind(distance);
    return this.text.slice(end).trimStart().startsWith('{');
  }

  private checkPlace(target: Expr): void {
    if (target.kind === 'missing' || isPlace(target)) return;
    this.report(diagnose('E0117', { file: this.file, span: target.span }));
  }

  // ---- statements of tests and proofs ------------------------------------------------------------

  private ghostAssign: Production<Stmt> = this.production('ghostAssign', () => {
    const start = this.here();
    this.CONSUME(K.ghost);
    const name = this.name('the name of a ghost');
    const key = this.OPTION(() => {
      this.CONSUME(LBracket);
      const inner = this.SUBRULE1(this.expression);
      this.need(RBracket, '`]`');
      return inner;
    });
    this.need(Assign, '`=` and the new value');
    const value = this.SUBRULE(this.expression);
    this.semicolon('this statement');
    return { kind: 'ghostAssign', span: this.since(start), name, key: key ?? null, value };
  });

  private expect: Production<Stmt> = this.production('expect', () => {
    const start = this.here();
    this.CONSUME(K.expect);
    const outcome = this.choose<Outcome>([
      { GATE: () => this.isAt(2, Identifier), ALT: () => this.SUBRULE(this.emits) },
      { ALT: () => this.SUBRULE(this.holds) },
    ]);
    this.semicolon('this `expect`');
    return { kind: 'expect', span: this.since(start), outcome };
  });

  private emits: Production<Outcome> = this.production('emits', () => {
    const start = this.here();
    this.CONSUME(K.emits);
    const event = this.name('the name of an event');
    const args = this.SUBRULE(this.args);
    return { kind: 'emits', span: this.since(start), event, args };
  });

  private holds: Production<Outcome> = this.production('holds', () => {
    const start = this.here();
    const value = this.SUBRULE(this.expression);
    return (
      this.OPTION(() =>
        this.choose<Outcome>([
          {
            ALT: () => {
              this.CONSUME(K.succeeds);
              return this.ACTION(() => ({
                kind: 'succeeds',
                span: this.since(start),
                ...this.callParts(value, '`succeeds`'),
              }));
            },
          },
          {
            ALT: () => {
              this.CONSUME(K.fails);
              const reason = this.SUBRULE(this.reason);
              return this.ACTION(() => ({
                kind: 'fails',
                span: this.since(start),
                ...this.callParts(value, '`fails`'),
                ...reason,
              }));
            },
          },
        ]),
      ) ?? { kind: 'holds', span: this.since(start), condition: value }
    );
  });

  /** What a failing call must say: a text, an error with or without its values, or nothing in particular. */
  private reason: Production<{
    readonly message: TextLiteral | null;
    readonly error: Name | null;
    readonly args: readonly Expr[];
  }> = this.production('reason', () => {
    let message: TextLiteral | null = null;
    let error: Name | null = null;
    let args: readonly Expr[] = [];
    this.OPTION(() =>
      this.OR([
        { ALT: () => (message = this.SUBRULE(this.text_)) },
        {
          ALT: () => {
            error = this.name('an error or a text');
            this.OPTION2(() => (args = this.SUBRULE(this.args)));
          },
        },
      ]),
    );
    return { message, error, args };
  });

  private callParts(
    value: Expr,
    word: string,
  ): { readonly call: Expr; readonly by: Expr | null; readonly spending: Expr | null } {
    if (value.kind === 'callByExpr') return { call: value.call, by: value.by, spending: value.spending };
    if (value.kind !== 'call' && value.kind !== 'upgradeBy' && value.kind !== 'missing') {
      this.report(
        diagnose('E0118', { file: this.file, span: value.span, what: `what stands before ${word}` }),
      );
    }
    return { call: value, by: null, spending: null };
  }

  private atTime: Production<Stmt> = this.production('atTime', () => {
    const start = this.here();
    this.CONSUME(K.at);
    this.CONSUME(K.time);
    // The sign of `+7d` says that it counts from now; it is part of the form.
    this.need(Plus, '`+` and a duration');
    const offset = this.SUBRULE(this.head);
    const body = this.SUBRULE(this.block);
    return { kind: 'atTime', span: this.since(start), offset, body };
  });

  private testMember: Production<Stmt> = this.production('testMember', () => {
    const start = this.here();
    this.CONSUME(K.member);
    const name = this.name('the name of a member');
    const opener = this.need(LBrace, '`{` and what the member has');
    const settings: MemberSetting[] = [];
    do {
      this.MANY(() => {
        const setting = this.recover(FIELD_END, () => this.SUBRULE(this.memberSetting));
        if (setting) settings.push(setting);
      });
    } while (this.skipsInside(RBrace, FIELD_END, '`floor` or `permission`'));
    this.close(RBrace, opener);
    return { kind: 'member', span: this.since(start), name, settings };
  });

  private memberSetting: Production<MemberSetting> = this.production('memberSetting', () => {
    const start = this.here();
    return this.choose<MemberSetting>([
      {
        ALT: () => {
          this.CONSUME(K.floor);
          const amount = this.SUBRULE(this.expression);
          this.semicolon('this floor');
          return { kind: 'floor', span: this.since(start), amount };
        },
      },
      {
        ALT: () => {
          this.CONSUME(K.permission);
          const permission = this.SUBRULE(this.text_);
          this.semicolon('this permission');
          return { kind: 'permission', span: this.since(start), permission };
        },
      },
    ]);
  });

  private startsPayment(): boolean {
    return this.isAt(2, Digits) || this.isAt(2, Identifier);
  }

  private payment: Production<Stmt> = this.production('payment', () => {
    const start = this.here();
    this.CONSUME(K.transfer);
    const amount = this.SUBRULE(this.expression);
    this.need(K.from, '`from`');
    const from = this.SUBRULE2(this.expression);
    this.need(K.to, '`to`');
    const to = this.SUBRULE3(this.expression);
    this.semicolon('this payment');
    return { kind: 'payment', span: this.since(start), amount, from, to };
  });

  private later: Production<Stmt> = this.production('later', () => {
    const start = this.here();
    this.CONSUME(K.later);
    this.semicolon('`later`');
    return { kind: 'later', span: this.since(start) };
  });

  // ---- expressions -------------------------------------------------------------------------------

  private expression: Production<Expr> = this.production('expression', () =>
    this.nested(() => this.SUBRULE(this.binary, { ARGS: [ANY] })),
  );

  /** An expression in front of a `{` that starts a block: struct literals need parentheses here. */
  private head: Production<Expr> = this.production('head', () =>
    this.withoutStructs(() => this.SUBRULE(this.expression)),
  );

  /** Operators that bind at least as tightly as `least`. */
  private binary: Production<Expr, [number]> = this.production('binary', (least) => {
    const start = this.here();
    let left = this.SUBRULE(this.unary);
    let compared: { readonly op: string; readonly level: number } | null = null;
    this.MANY({
      GATE: () => {
        this.mendsOperator();
        return precedenceOf(this.LA(1)) >= least;
      },
      DEF: () => {
        const token = this.CONSUME(BinaryOperator);
        const op = imageOf(token) as BinaryOp;
        const level = precedenceOf(token);
        this.ACTION(() => compared?.level === level && this.chained(token, compared.op, left));
        // `==>` groups to the right, everything else to the left.
        const operand = tokenMatcher(token, Implies)
          ? this.nested(() => this.SUBRULE(this.binary, { ARGS: [level] }))
          : this.SUBRULE2(this.binary, { ARGS: [level + 1] });
        left = { kind: 'binary', span: this.since(start), op, left, right: operand };
        compared = level === COMPARISON || level === COMPARISON + 1 ? { op, level } : null;
      },
    });
    return left;
  });

  /** `and`, `is not`, `as Int` behind an operand. */
  private mendsOperator(): void {
    const { image } = this.LA(1);
    if (!this.is(Identifier) || this.startsLine()) return;
    const next = this.LA(2).image;
    if (image === 'as' && this.isAt(2, AnyWord)) {
      this.habit({ instead: 'nothing is converted: amounts become numbers by `amount / 0.01 hours`' }, 2);
      this.SKIP_TOKEN();
      this.SKIP_TOKEN();
    } else if (image === 'not' && next === 'in') {
      this.habit({ instead: 'write `!(x in set)`' });
      this.SKIP_TOKEN();
    } else if (image === 'is' && next === 'not') {
      this.habit({ instead: 'write `!=`', write: '!=' }, 2);
      this.SKIP_TOKEN();
      this.retype(NotEqual, '!=');
    } else {
      const habit = this.isOneOfAt(2, EXPRESSION_STARTS) ? OPERATOR_HABITS.get(image) : undefined;
      const type = OPERATORS[habit?.write ?? ''];
      if (habit === undefined || type === undefined) return;
      this.habit(habit);
      this.retype(type, habit.write);
    }
  }

  /** `not x`, `++x`, and what stands behind the sign of another language: `x === y`, `x ** 2`. */
  private mendsOperand(): void {
    const { image } = this.LA(1);
    const last = this.LA(0);
    const glued = this.here() === this.behind();
    if (image === 'not' && (this.isAt(2, Identifier) || this.isAt(2, LParen)) && !this.isGluedAt(2)) {
      this.habit({ instead: 'write `!`', write: '!' });
      this.retype(Not);
    } else if (this.is(Assign) && glued && (tokenMatcher(last, EqualEqual) || tokenMatcher(last, NotEqual))) {
      const sign = last.image;
      this.foreignSign(last, `${sign}=`, { instead: `write \`${sign}\``, write: sign });
      this.SKIP_TOKEN();
    } else if (this.is(Times) && glued && tokenMatcher(last, Times)) {
      this.foreignSign(last, '**', { instead: 'a power is `pow(x, n)`' });
      this.SKIP_TOKEN();
    } else if (this.is(Append)) {
      this.habit({ instead: 'write `x += 1`' });
      this.SKIP_TOKEN();
    } else if (image === 'new' && this.isAt(2, Identifier)) {
      this.habit({ instead: 'a struct is written with its fields, as in `Bill { amount: 5 }`' });
      this.interrupt();
    } else if (this.is(LBrace) && this.isAt(2, Identifier) && this.isAt(3, Colon) && !this.isAt(4, Colon)) {
      this.expected('the name of a struct before `{`', { instead: 'write `Name { field: value }`' });
      this.interrupt();
    }
  }

  /** `x++;` and `x--;`: the operand behind the sign is not merely missing. */
  private isStep(): boolean {
    const [before, last] = [this.LA(-1), this.LA(0)];
    if (!this.isOneOf([Semicolon, RBrace])) return false;
    const isMinus = tokenMatcher(last, Minus) && tokenMatcher(before, Minus);
    if (!isMinus && !tokenMatcher(last, Append)) return false;
    const write = isMinus ? ' -= 1' : ' += 1';
    this.foreignSign(isMinus ? before : last, isMinus ? '--' : '++', {
      instead: `write \`x${write}\``,
      write,
    });
    return true;
  }

  /** A sign of two tokens, of which the first is behind us. */
  private foreignSign(first: IToken, word: string, { instead, write }: Habit): void {
    const span = { start: first.startOffset, end: first.startOffset + word.length };
    const fix = write === undefined ? null : this.replacement(span, write);
    const place = { file: this.file, span, word: `\`${word}\``, fix };
    this.report(diagnose('E0122', { ...place, advice: instead }));
  }

  private isGluedAt(distance: number): boolean {
    return spanOf(this.LA(distance - 1)).end === this.LA(distance).startOffset;
  }

  private chained(token: IToken, first: string, left: Expr): void {
    const span = spanOf(token);
    const middle = left.kind === 'binary' ? this.text.slice(left.right.span.start, left.right.span.end) : '';
    const at = { start: span.start, end: span.start };
    const isPlain = level(first) === level(token.image) && level(first) > COMPARISON;
    const fix = isPlain
      ? { title: 'Join two comparisons', edits: [{ span: at, text: `&& ${middle} ` }] }
      : null;
    this.report(diagnose('E0114', { file: this.file, span, first, second: token.image, fix }));
  }

  private unary: Production<Expr> = this.production('unary', () => {
    this.ACTION(() => this.mendsOperand());
    const start = this.here();
    if (!this.RECORDING_PHASE && !this.isOneOf(EXPRESSION_STARTS)) return this.missing('an expression');
    return this.choose<Expr>([
      { ALT: () => this.negated(this.take(Minus, '-'), start) },
      { ALT: () => this.negated(this.take(Not, '!'), start) },
      { ALT: () => this.SUBRULE(this.postfix) },
    ]);
  });

  /** What stands behind a dot: a name, or the number of a part of a tuple. */
  private part: Production<Name> = this.production('part', () => {
    let number: IToken | null = null;
    this.OPTION(() => {
      number = this.CONSUME(Int);
    });
    const token = number as IToken | null;
    if (token === null || this.RECORDING_PHASE) return this.SUBRULE(this.word);
    return { kind: 'name', span: spanOf(token), text: token.image };
  });

  private negated(op: '-' | '!', start: number): Expr {
    const operand = this.nested(() => this.SUBRULE(this.unary));
    return { kind: 'unary', span: this.since(start), op, operand };
  }

  private postfix: Production<Expr> = this.production('postfix', () => {
    const start = this.here();
    let value = this.SUBRULE(this.primary);
    this.MANY({
      GATE: () => {
        this.mendsPath();
        return true;
      },
      DEF: () =>
        this.OR([
          {
            ALT: () => {
              this.CONSUME(Dot);
              const name = this.SUBRULE(this.part);
              const object = value;
              value = this.OPTION1({
                GATE: () => this.startsVariant(object, name),
                DEF: () => this.SUBRULE(this.fieldInits, { ARGS: [name, object] }),
              }) ?? { kind: 'field', span: this.since(start), object, name };
            },
          },
          {
            ALT: () => {
              const opener = this.CONSUME(LBracket);
              const index = this.withStructs(() => this.SUBRULE(this.expression));
              this.close(RBracket, opener);
              value = { kind: 'index', span: this.since(start), object: value, index };
            },
          },
          {
            ALT: () => {
              const args = this.SUBRULE(this.args);
              const spending = this.SUBRULE(this.spending);
              value = { kind: 'call', span: this.since(start), callee: value, args, spending };
            },
          },
        ]),
    });
    return (
      this.OPTION({
        GATE: () => value.kind === 'call',
        DEF: () => {
          this.CONSUME(K.by);
          const by = this.SUBRULE2(this.primary);
          const spending = this.SUBRULE2(this.spending);
          return { kind: 'callByExpr', span: this.since(start), call: value, by, spending } as const;
        },
      }) ?? value
    );
  });

  /** `Choice::Yes` */
  private mendsPath(): void {
    if (!this.is(Colon) || !this.isAt(2, Colon)) return;
    this.habit({ instead: 'write `.`', write: '.' }, 2);
    this.SKIP_TOKEN();
    this.retype(Dot);
  }

  private spending: Production<Expr | null> = this.production('spending', () => {
    return (
      this.OPTION(() => {
        this.CONSUME(K.spending);
        return this.nested(() => this.SUBRULE(this.binary, { ARGS: [SUM] }));
      }) ?? null
    );
  });

  private args: Production<readonly Expr[]> = this.production('args', () => {
    const opener = this.need(LParen, '`(`');
    return this.withStructs(() => this.listOf(RParen, opener, () => this.SUBRULE(this.argument)));
  });

  private argument: Production<Expr> = this.production('argument', () => {
    this.ACTION(() => this.skipsArgumentName());
    return this.SUBRULE(this.expression);
  });

  /** `pay(to = bob)`, `pay(to: bob)` */
  private skipsArgumentName(): void {
    if (!this.is(Identifier) || !(this.isAt(2, Assign) || (this.isAt(2, Colon) && !this.isAt(3, Colon))))
      return;
    const instead = 'values stand in the order of the parameters, without their names';
    this.habit({ instead, write: '' }, 2, 'arguments with names');
    this.SKIP_TOKEN();
    this.SKIP_TOKEN();
  }

  private primary: Production<Expr> = this.production('primary', () => {
    if (this.startsWithWord() && !this.isAt(2, FatArrow)) return this.SUBRULE9(this.named);
    if (!this.RECORDING_PHASE && !this.isOneOf(EXPRESSION_STARTS)) return this.missing('an expression');
    return this.choose<Expr>([
      { ALT: () => this.SUBRULE(this.number) },
      { ALT: () => this.SUBRULE(this.literal) },
      { ALT: () => this.SUBRULE(this.text_) },
      { GATE: () => this.startsLambda(), ALT: () => this.SUBRULE(this.lambda) },
      { ALT: () => this.SUBRULE(this.parentheses) },
      { ALT: () => this.SUBRULE(this.list) },
      { ALT: () => this.SUBRULE(this.block) },
      { ALT: () => this.SUBRULE(this.if) },
      { ALT: () => this.SUBRULE(this.match) },
      { ALT: () => this.SUBRULE(this.quantifier) },
      { GATE: () => this.isAt(2, Identifier), ALT: () => this.SUBRULE(this.deploy) },
      { GATE: () => this.isAt(2, Identifier), ALT: () => this.SUBRULE(this.upgradeBy) },
      { GATE: () => this.isAt(2, LBrace) && this.structsAllowed, ALT: () => this.SUBRULE(this.run) },
      { ALT: () => this.SUBRULE(this.named) },
    ]);
  });

  /** Reports that an expression or type is missing; the mistake stays inside this part when something it can end at follows. */
  private missing(what: 'an expression' | 'a type'): Of<'missing'> {
    const at = { file: this.file, span: this.hereSpan() };
    const { image } = this.LA(1);
    const ends = this.isEnd() || this.startsLine() || this.isOneOf(EXPRESSION_ENDS);
    if (what === 'an expression' && this.isStep()) this.hush();
    else if (!ends && RESERVED_WORDS.has(image)) this.report(diagnose('E0110', { ...at, word: image }));
    else if (what === 'an expression') this.report(diagnose('E0105', { ...at, found: this.found() }));
    else this.expected(what);
    if (!ends) this.interrupt();
    const start = this.behind();
    return { kind: 'missing', span: { start, end: start } };
  }

  /** A number, and the currency behind it if there is one. */
  private number: Production<Expr> = this.production('number', () => {
    const foreign = this.ACTION(() => this.foreignNumber());
    if (foreign !== null && !this.RECORDING_PHASE) return foreign;
    const token = this.CONSUME(Digits);
    const digits = plainDigits(token);
    const amount = this.OPTION({
      GATE: () => this.isCurrency(token),
      DEF: () => this.name('a currency'),
    });
    if (this.RECORDING_PHASE) return { kind: 'int', span: spanOf(token), digits };
    this.checkDigits(token, amount ?? null);
    if (amount !== undefined)
      return { kind: 'amount', span: this.since(token.startOffset), digits, currency: amount };
    if (tokenMatcher(token, Decimal))
      this.report(diagnose('E0112', { file: this.file, span: spanOf(token), digits }));
    return { kind: 'int', span: spanOf(token), digits };
  });

  /** `2,50 euros`, `1.000.000 euros`, `28.02.2026`: read as one number, whose value is not known. */
  private foreignNumber(): Expr | null {
    const start = this.here();
    const text = /^[0-9_]+(?:[.,][0-9_]+)*/.exec(this.text.slice(start, start + 80))?.[0] ?? '';
    const hint = this.foreignDigits(text, this.text.slice(start + text.length, start + text.length + 80));
    if (hint === null) return null;
    const span = { start, end: start + text.length };
    this.report(diagnose('E0111', { file: this.file, span, text, ...hint }));
    while (!this.isEnd() && this.here() < span.end) this.SKIP_TOKEN();
    if (this.is(Identifier) && !this.startsLine() && !NO_CURRENCY.has(this.LA(1).image)) this.SKIP_TOKEN();
    return { kind: 'missing', span: { start, end: start } };
  }

  /** What is wrong with digits in the manner of other places; null for numbers of CCL. */
  private foreignDigits(text: string, behind: string): { hint: string; fix?: Fix } | null {
    const date = /^(\d\d?)\.(\d\d?)\.(\d{4})$/.exec(text);
    if (date !== null) {
      const [day, month] = [date[1]!, date[2]!].map((part) => part.padStart(2, '0'));
      return { hint: `a moment is written \`@${date[3]}-${month}-${day}T00:00Z\`` };
    }
    const grouped = /^\d{1,3}(?:\.\d{3}){2,}(,\d+)?$|^\d{1,3}(?:,\d{3})+(\.\d+)?$/.test(text);
    const isAmount = /^ [A-Za-z_]/.test(behind) && this.lists === 0;
    if (!(grouped && (isAmount || text.includes('.'))) && !(isAmount && text.includes(','))) return null;
    const plain = grouped ? text.replace(/[.,](?=\d{3})/g, '_').replace(',', '.') : text.replace(',', '.');
    const start = this.here();
    const fix = this.replacement({ start, end: start + text.length }, plain);
    return { hint: `decimals follow a point, and \`_\` may group digits: \`${plain}\``, fix };
  }

  private isCurrency(number: IToken): boolean {
    const { image } = this.LA(1);
    if (NO_CURRENCY.has(image)) return false;
    return !this.startsLine() || this.here() === number.startOffset + number.image.length;
  }

  private checkDigits(token: IToken, behind: Name | null): void {
    const end = token.startOffset + token.image.length;
    const glued = behind !== null && behind.span.start === end;
    if (!glued && !/__|_$|_\./.test(token.image)) return;
    const text = token.image + (glued ? behind.text : '');
    const amount = glued ? `${token.image} ${behind.text}` : null;
    const hint =
      amount === null
        ? 'put single underscores between digits only'
        : `if this is an amount, put a space between: \`${amount}\``;
    const span = { start: token.startOffset, end: token.startOffset + text.length };
    const fix = amount === null ? null : this.replacement(span, amount);
    this.report(
      diagnose('E0111', {
        file: this.file,
        span,
        text,
        hint,
        fix,
      }),
    );
  }

  private literal: Production<Expr> = this.production('literal', () =>
    this.choose<Expr>([
      {
        ALT: () => {
          const token = this.CONSUME(Percent);
          return { kind: 'percent', span: spanOf(token), digits: plainDigits(token).slice(0, -1) };
        },
      },
      {
        ALT: () => {
          const token = this.CONSUME(Duration);
          const unit = token.image.slice(-1) as Of<'duration'>['unit'];
          return { kind: 'duration', span: spanOf(token), digits: plainDigits(token).slice(0, -1), unit };
        },
      },
      {
        ALT: () => {
          const token = this.CONSUME(Time);
          return { kind: 'time', span: spanOf(token), text: token.image.slice(1) };
        },
      },
      {
        ALT: () => {
          const token = this.CONSUME(Did);
          return { kind: 'did', span: spanOf(token), text: token.image.slice(4, -1) };
        },
      },
      {
        ALT: () => {
          const token = this.CONSUME(Hex);
          return { kind: 'hex', span: spanOf(token), digits: plainDigits(token).slice(2) };
        },
      },
      {
        ALT: () => {
          const token = this.CONSUME(K.true);
          return { kind: 'bool', span: spanOf(token), value: true };
        },
      },
      {
        ALT: () => {
          const token = this.CONSUME(K.false);
          return { kind: 'bool', span: spanOf(token), value: false };
        },
      },
    ]),
  );

  private text_: Production<TextLiteral> = this.production('text', () => {
    this.ACTION(() => !this.is(Text) && this.startsLine() && this.missingText());
    const token = this.need(Text, 'a text in quotation marks');
    return this.ACTION(() => this.textOf(token));
  });

  /** A text that is missing at the end of a line is missed there. */
  private missingText(): never {
    const at = this.behind();
    this.expected('a text in quotation marks', { span: { start: at, end: at } });
    return this.interrupt();
  }

  private checkQuotes(token: IToken): void {
    if (!tokenMatcher(token, ForeignText)) return;
    const span = spanOf(token);
    const quotes = quotesOf(token);
    const inner = token.image
      .slice(quotes, -quotes)
      .replace(/\\'/g, "'")
      .replace(/(?<!\\)"/g, '\\"');
    const fix = this.replacement(span, `"${inner}"`);
    this.reportAlways(diagnose('E0125', { file: this.file, span, fix }));
  }

  private textOf(token: IToken): TextLiteral {
    this.checkQuotes(token);
    const span = spanOf(token);
    const open = tokenMatcher(token, OpenText);
    if (open) {
      this.reportAlways(diagnose('E0102', { file: this.file, span }));
      this.hush();
    }
    const inner = open
      ? token.image.replace(/^(did)?"/, '').trimEnd()
      : token.image.slice(quotesOf(token), -quotesOf(token));
    for (const match of inner.matchAll(/\\(.)/g)) {
      if (!(match[1]! in ESCAPES)) {
        const start = span.start + 1 + match.index;
        this.reportAlways(
          diagnose('E0113', { file: this.file, span: { start, end: start + 2 }, escape: match[0] }),
        );
      }
    }
    return {
      kind: 'text',
      span,
      value: inner.replace(/\\(.)/g, (whole, letter: string) => ESCAPES[letter] ?? whole),
    };
  }

  private parentheses: Production<Expr> = this.production('parentheses', () => {
    const start = this.here();
    const opener = this.CONSUME(LParen);
    const items = this.withStructs(() => this.listOf(RParen, opener, () => this.SUBRULE(this.expression)));
    const span = this.since(start);
    return this.ACTION(() =>
      items.length === 1 ? { kind: 'group', span, inner: items[0]! } : { kind: 'tuple', span, items },
    );
  });

  private list: Production<Expr> = this.production('list', () => {
    const start = this.here();
    const opener = this.CONSUME(LBracket);
    const items = this.withStructs(() => this.listOf(RBracket, opener, () => this.SUBRULE(this.expression)));
    return { kind: 'list', span: this.since(start), items };
  });

  /** `v => …` or `(k, v) => …` */
  private startsLambda(): boolean {
    if (this.is(Identifier)) return this.isAt(2, FatArrow);
    let at = 2;
    while (this.isAt(at, Identifier) && this.isAt(at + 1, Comma)) at += 2;
    return this.isAt(at, Identifier) && this.isAt(at + 1, RParen) && this.isAt(at + 2, FatArrow);
  }

  private lambda: Production<Expr> = this.production('lambda', () => {
    const start = this.here();
    const params = this.choose<readonly Name[]>([
      { ALT: () => [this.name('a name')] },
      {
        ALT: () => {
          const opener = this.CONSUME(LParen);
          return this.listOf(RParen, opener, () => this.name('a name'));
        },
      },
    ]);
    this.need(FatArrow, '`=>`');
    const body = this.SUBRULE(this.expression);
    return { kind: 'lambda', span: this.since(start), params, body };
  });

  private if: Production<Expr> = this.production('if', () =>
    this.nested(() => {
      const start = this.here();
      this.CONSUME(K.if);
      this.ACTION(() => this.checkIfLet());
      const condition = this.SUBRULE(this.head);
      this.OPTION2(() => {
        const token = this.CONSUME(Assign);
        this.ACTION(() => this.reportEqual(token));
        this.SUBRULE2(this.head);
      });
      const then = this.SUBRULE(this.branch);
      const elseIf = this.ACTION(() => this.readsElseIf());
      const otherwise =
        this.OPTION({
          GATE: () => elseIf || this.is(K.else),
          DEF: () => {
            this.OPTION3(() => this.CONSUME(K.else));
            return this.choose<Expr>([
              { ALT: () => this.SUBRULE(this.if) },
              { ALT: () => this.SUBRULE2(this.branch) },
            ]);
          },
        }) ?? null;
      return { kind: 'if', span: this.since(start), condition, then, otherwise };
    }),
  );

  /** A block; one statement without braces is told, and read. */
  private branch: Production<Block> = this.production('branch', () => {
    if (this.RECORDING_PHASE || !(this.isBare() || this.is(Colon))) return this.SUBRULE(this.block);
    this.reportBare();
    if (this.is(Colon)) this.SKIP_TOKEN();
    const start = this.here();
    const node = this.recover(STATEMENT_END, () => this.nested(() => this.SUBRULE(this.statement)));
    const span = this.since(start);
    const statement: Stmt = node === null || node.kind === 'last' ? { kind: 'missing', span } : node;
    return { kind: 'block', span, statements: [statement], result: null };
  });

  private isBare(): boolean {
    return (
      this.isOneOf([K.return, K.require, K.emit, K.fail, K.let, K.var]) ||
      (this.is(Identifier) && this.isOneOfAt(2, [...HABIT_FOLLOWERS, LParen]))
    );
  }

  /** With the fix where the statement ends with a `;` on its line. */
  private reportBare(): void {
    const { start } = this.hereSpan();
    const length = /^[^\n\r{};]*;/.exec(this.text.slice(start))?.[0].length;
    const at = (offset: number) => ({ start: offset, end: offset });
    const fix =
      length === undefined
        ? null
        : {
            title: 'Write braces around it',
            edits: [
              { span: at(start), text: '{ ' },
              { span: at(start + length), text: ' }' },
            ],
          };
    this.report(diagnose('E0127', { file: this.file, span: this.hereSpan(), fix }));
  }

  /** `if let some(x) = owner { … }` */
  private checkIfLet(): void {
    if (!this.is(K.let)) return;
    const instead = 'an option is taken apart by `match owner { some(x) => …, none => …, }`';
    this.habit({ instead }, 1, '`if let`');
    this.interrupt();
  }

  /** `elif x { … }`, `elseif x { … }` */
  private readsElseIf(): boolean {
    if (!['elif', 'elseif', 'elsif'].includes(this.LA(1).image)) return false;
    this.habit({ instead: 'write `else if`', write: 'else if' });
    this.retype(K.if);
    return true;
  }

  private reportEqual(token: IToken): void {
    const span = spanOf(token);
    const fix = this.replacement(span, '==');
    this.reportAlways(diagnose('E0120', { file: this.file, span, fix }));
  }

  private match: Production<Expr> = this.production('match', () => {
    const start = this.here();
    this.CONSUME(K.match);
    const subject = this.SUBRULE(this.head);
    const opener = this.need(LBrace, '`{` and the cases');
    const arms: Arm[] = [];
    do {
      this.MANY(() => {
        const from = this.here();
        const arm = this.recover(FIELD_END, () => this.withStructs(() => this.SUBRULE(this.arm)));
        this.ACTION(() => arms.push(arm ?? unreadArm(this.since(from))));
      });
    } while (this.skipsInside(RBrace, FIELD_END, 'a case such as `Yes => …,`'));
    this.close(RBrace, opener);
    return { kind: 'match', span: this.since(start), subject, arms };
  });

  private arm: Production<Arm> = this.production('arm', () => {
    const start = this.here();
    const pattern = this.SUBRULE(this.pattern);
    this.need(FatArrow, '`=>` and what to do');
    const body = this.SUBRULE(this.expression);
    const span = this.since(start);
    const ended = this.OPTION(() => this.CONSUME(Comma)) !== undefined;
    if (!this.RECORDING_PHASE && !ended && !this.is(RBrace)) this.missingComma(body);
    return { kind: 'arm', span, pattern, body };
  });

  private missingComma(body: Expr): void {
    if (this.is(Semicolon)) {
      this.expected('`,` behind this case', { fix: this.replacement(this.hereSpan(), ',') });
      this.SKIP_TOKEN();
    } else if (body.kind !== 'block') {
      const at = this.behind();
      const fix = { title: 'Insert `,`', edits: [{ span: { start: at, end: at }, text: ',' }] };
      this.expected('`,` behind this case', { fix });
      if (!this.startsLine()) this.interrupt();
    }
  }

  private pattern: Production<Pattern> = this.production('pattern', () => {
    const start = this.here();
    if (!this.RECORDING_PHASE && !this.isOneOf(PATTERN_STARTS)) {
      this.expected('a pattern');
      this.interrupt();
    }
    return this.choose<Pattern>([
      { ALT: () => this.SUBRULE(this.namePattern) },
      { ALT: () => ({ kind: 'literalPattern', value: this.SUBRULE(this.unary), span: this.since(start) }) },
    ]);
  });

  private namePattern: Production<Pattern> = this.production('namePattern', () => {
    const start = this.here();
    const first = this.name('a pattern');
    const second = this.OPTION(() => {
      this.CONSUME(Dot);
      return this.name('a variant');
    });
    const bindings = this.OPTION2(() =>
      this.choose<readonly Binding[]>([
        {
          ALT: () =>
            this.listOf(RBrace, this.CONSUME(LBrace), () => this.SUBRULE(this.binding, { ARGS: [true] })),
        },
        {
          ALT: () =>
            this.listOf(RParen, this.CONSUME(LParen), () => this.SUBRULE2(this.binding, { ARGS: [false] })),
        },
      ]),
    );
    const span = this.since(start);
    if (first.text === '_' && second === undefined) return { kind: 'wildcard', span };
    const isName =
      second === undefined && bindings === undefined && /^[a-z_]/.test(first.text) && first.text !== 'none';
    if (isName) return { kind: 'bindPattern', span, name: first };
    return {
      kind: 'variantPattern',
      span,
      type: second ? first : null,
      name: second ?? first,
      bindings: bindings ?? [],
    };
  });

  private binding: Production<Binding, [boolean]> = this.production('binding', (byField) => {
    const start = this.here();
    const first = this.name('a name for the field');
    const second = this.OPTION({
      GATE: () => byField,
      DEF: () => {
        this.CONSUME(Colon);
        return this.name('a name for the value');
      },
    });
    return { kind: 'binding', span: this.since(start), field: byField ? first : null, name: second ?? first };
  });

  private quantifier: Production<Expr> = this.production('quantifier', () => {
    const start = this.here();
    const quantifier = this.choose<'forall' | 'exists'>([
      { ALT: () => this.take(K.forall, 'forall') },
      { ALT: () => this.take(K.exists, 'exists') },
    ]);
    const params = [this.SUBRULE(this.param)];
    this.MANY(() => {
      this.CONSUME(Comma);
      params.push(this.SUBRULE2(this.param));
    });
    const opener = this.need(LBrace, '`{` and what holds');
    const body = this.withStructs(() => this.SUBRULE(this.expression));
    this.close(RBrace, opener);
    return { kind: 'quantifier', span: this.since(start), quantifier, params, body };
  });

  private deploy: Production<Expr> = this.production('deploy', () => {
    const start = this.here();
    this.CONSUME(K.deploy);
    const contract = this.name('the name of a contract');
    const args = this.SUBRULE(this.args);
    const version =
      this.OPTION1(() => {
        this.CONSUME(K.version);
        return this.SUBRULE(this.text_);
      }) ?? null;
    const by = this.OPTION(() => {
      this.CONSUME(K.by);
      return this.nested(() => this.SUBRULE(this.primary));
    });
    if (by === undefined) this.ACTION(() => this.expected('`by` and who deploys, as in `by alice`'));
    return this.ACTION(() => ({
      kind: 'deploy',
      span: this.since(start),
      contract,
      args,
      version,
      by: by ?? unread(this.behind()),
    }));
  });

  private upgradeBy: Production<Expr> = this.production('upgradeBy', () => {
    const start = this.here();
    this.CONSUME(K.upgrade);
    const contract = this.name('the name of what was deployed');
    this.need(K.by, '`by` and who upgrades');
    const by = this.nested(() => this.SUBRULE(this.primary));
    return { kind: 'upgradeBy', span: this.since(start), contract, by };
  });

  private run: Production<Expr> = this.production('run', () => {
    const start = this.here();
    this.CONSUME(K.run);
    const body = this.SUBRULE(this.block);
    return { kind: 'run', span: this.since(start), body };
  });

  /** A name, `Contract<Token>` or a struct literal. */
  private named: Production<Expr> = this.production('named', () => {
    const start = this.here();
    const name = this.name('a name');
    return (
      this.OPTION({
        GATE: () => this.startsSuffix(name),
        DEF: () =>
          this.choose<Expr>([
            {
              ALT: () => ({
                kind: 'generic',
                name,
                args: this.SUBRULE(this.typeArgs),
                span: this.since(start),
              }),
            },
            { ALT: () => this.SUBRULE(this.fieldInits, { ARGS: [name, null] }) },
          ]),
      }) ?? name
    );
  });

  private startsSuffix(name: Name): boolean {
    if (this.is(Less)) return name.text === 'Contract';
    if (this.structsAllowed) return true;
    // In a head the `{` starts a block, unless it plainly holds fields: then the parentheses were forgotten.
    return this.isAt(2, Identifier) && this.isAt(3, Colon);
  }

  /** `Choice.Block {`: names of enums and of their variants begin with a capital letter. */
  private startsVariant(object: Expr, name: Name): boolean {
    if (object.kind !== 'name' || !/^[A-Z]/.test(object.text) || !/^[A-Z]/.test(name.text)) return false;
    return this.startsSuffix(name);
  }

  private fieldInits: Production<Expr, [Name, Expr | null]> = this.production(
    'fieldInits',
    (name, object) => {
      const of = object?.kind === 'name' ? object : null;
      const start = this.ACTION(() => (of ?? name).span.start);
      const opener = this.CONSUME(LBrace);
      this.ACTION(() => {
        if (!this.structsAllowed)
          this.report(diagnose('E0109', { file: this.file, span: spanOf(opener), name: name.text }));
      });
      const broken = this.brokenItems;
      const fields = this.withStructs(() => this.listOf(RBrace, opener, () => this.SUBRULE(this.fieldInit)));
      if (this.brokenItems > broken) return { kind: 'missing', span: this.since(start) };
      return this.ACTION(() => ({
        kind: 'struct_',
        span: this.since((of ?? name).span.start),
        of,
        name,
        fields,
      }));
    },
  );

  private fieldInit: Production<FieldInit> = this.production('fieldInit', () => {
    const start = this.here();
    this.ACTION(() => this.checkSpread());
    const name = this.name('the name of a field');
    this.need(Colon, '`:` and the value of the field');
    const value = this.SUBRULE(this.expression);
    return { kind: 'fieldInit', span: this.since(start), name, value };
  });

  private checkSpread(): void {
    if (!this.is(DotDot)) return;
    this.habit({
      instead:
        'every field is given its value; one field of an entry is written alone: `bills[id].amount = 5;`',
    });
    this.interrupt();
  }

  /** What a name is bound to: when it cannot be read, the name is still declared. */
  private value(): Expr {
    const start = this.here();
    return (
      this.recover(VALUE_END, () => this.SUBRULE(this.expression)) ?? {
        kind: 'missing',
        span: this.since(start),
      }
    );
  }

  /** A word behind a dot: there, reserved words are names too. */
  private word: Production<Name> = this.production('word', () => {
    const token = this.need(AnyWord, 'a name');
    return { kind: 'name', span: spanOf(token), text: token.image };
  });

  // ---- lists -------------------------------------------------------------------------------------

  /**
   * Items separated by commas up to the partner of `opener`; a comma may follow the last one. Called once for each
   * production, because it brings its own repetition.
   */
  private listOf<T>(
    closer: TokenType,
    opener: IToken,
    parse: () => T,
    stops: readonly TokenType[] = LIST_STOP,
  ): T[] {
    const items: T[] = [];
    const take = () => {
      const item = this.recover(LIST_END, parse);
      if (item !== null) items.push(item);
    };
    if (this.RECORDING_PHASE) {
      this.OPTION9(() => {
        take();
        this.MANY9(() => this.CONSUME(Comma));
      });
    } else {
      const inParentheses = closer === RBrace ? 0 : 1;
      this.lists += inParentheses;
      this.takeAll(closer, stops, take);
      this.lists -= inParentheses;
    }
    this.close(closer, opener);
    return items;
  }

  private takeAll(closer: TokenType, stops: readonly TokenType[], take: () => void): void {
    const wrong: Span[] = [];
    while (!this.isEnd() && !this.startsDeclaration() && !this.is(closer) && !this.isOneOf(stops)) {
      const before = this.here();
      take();
      if (this.is(Comma)) this.CONSUME(Comma);
      else if (closer === RBrace && this.isWrongComma()) {
        wrong.push(this.hereSpan());
        this.SKIP_TOKEN();
      } else break;
      if (this.here() === before) break;
    }
    this.reportCommas(wrong);
  }

  /** `;` where a list in braces goes on behind it. */
  private isWrongComma(): boolean {
    if (!this.is(Semicolon)) return false;
    return (
      this.isAt(2, RBrace) ||
      (this.isAt(2, Identifier) && this.isOneOfAt(3, [Colon, Comma, Semicolon, RBrace, LBrace]))
    );
  }

  /** One mistake, however often it was made in the list. */
  private reportCommas(wrong: readonly Span[]): void {
    const [span] = wrong;
    if (span === undefined) return;
    const fix = { title: 'Change to `,`', edits: wrong.map((each) => ({ span: each, text: ',' })) };
    const holes = { expected: '`,`', found: '`;`' };
    this.reportAlways(diagnose('E0104', { file: this.file, span, ...holes, fix }));
  }

  /**
   * Behind the items of a braced list: true when there was something that is none of them, which is said and
   * skipped; false at the closing brace, at the end, or where a new declaration shows that the brace is missing.
   */
  private skipsInside(closer: TokenType, boundary: Boundary, what: string, instead?: string): boolean {
    if (this.RECORDING_PHASE || this.is(closer) || this.isEnd()) return false;
    if (boundary !== MEMBER_END && (this.startsDeclaration() || this.startsTest())) return false;
    if (boundary === MEMBER_END && this.isOneOf([K.contract, K.interface, K.use, K.test])) return false;
    this.expected(what, instead === undefined ? {} : { instead });
    this.skip(boundary, this.here());
    return true;
  }

  // ---- documentation -----------------------------------------------------------------------------

  /** The `///` lines right before the next token. */
  private doc(): string | null {
    if (this.RECORDING_PHASE) return null;
    const lines: string[] = [];
    let at = lastBefore(this.comments, this.here());
    let below = this.here();
    for (; at >= 0; at--) {
      const comment = this.comments[at]!;
      const blank = this.text.slice(comment.span.end, below);
      if (!comment.doc || blank.trim() !== '' || blank.split(/\r\n?|\n/).length > 2) break;
      lines.unshift(comment.text);
      below = comment.span.start;
    }
    return lines.length === 0 ? null : lines.join('\n');
  }
}

const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\', '"': '"', n: '\n', t: '\t' };

/** What `OPERATOR_HABITS` puts in the place of a word. */
const OPERATORS: Readonly<Record<string, TokenType>> = {
  '&&': AndAnd,
  '||': OrOr,
  '==': EqualEqual,
  '%': Remainder,
  '/': Divide,
};

function plainDigits(token: IToken): string {
  return token.image.replaceAll('_', '');
}

/** Something that is not there, or could not be read, and was reported. */
function unread(at: number): Of<'missing'> {
  return { kind: 'missing', span: { start: at, end: at } };
}

/** How many quotation marks stand on each side of a text. */
function quotesOf({ image }: IToken): number {
  return image.startsWith('"""') ? 3 : 1;
}

/** A case that could not be read: whatever it matches is not known to be missing. */
function unreadArm(span: Span): Arm {
  const pattern: Pattern = {
    kind: 'variantPattern',
    span,
    type: null,
    name: { kind: 'name', span, text: '' },
    bindings: [],
  };
  return { kind: 'arm', span, pattern, body: { kind: 'missing', span } };
}

function level(op: string): number {
  return PRECEDENCE[op as BinaryOp];
}

/** 0 for what is no operator. */
function precedenceOf(token: IToken): number {
  return tokenMatcher(token, BinaryOperator) ? PRECEDENCE[imageOf(token) as BinaryOp] : 0;
}

function isPlace(target: Expr): boolean {
  if (target.kind === 'name') return true;
  return (target.kind === 'field' || target.kind === 'index') && isPlaceRoot(target.object);
}

/** The object of a place may be anything that names state; calls in the middle are the checker's to refuse. */
function isPlaceRoot(object: Expr): boolean {
  return object.kind === 'missing' || object.kind === 'call' || isPlace(object);
}

function callStatement(value: Expr, span: Span): Stmt {
  if (value.kind !== 'callByExpr') return { kind: 'exprStmt', span, value };
  return { kind: 'callBy', span, call: value.call, by: value.by, spending: value.spending };
}

/** Whether a branching expression at the end of a block has a value that the block could pass on. */
export function hasValue(value: Expr): boolean {
  if (value.kind === 'if') return value.then.result !== null;
  if (value.kind === 'match') return value.arms.some(({ body }) => hasValue(body));
  if (value.kind === 'block') return value.result !== null;
  return true;
}

/** Index of the last comment that ends at or before `offset`; -1 when there is none. */
function lastBefore(comments: readonly { readonly span: Span }[], offset: number): number {
  let low = 0;
  let high = comments.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (comments[middle]!.span.end <= offset) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
