/**
 * Small contracts drawn from a seed, over texts, bytes, hashes and lists: in the state, as parameters, as values of
 * entries, in loops and in clauses. In: a seed. Out: a source; the same for the same seed.
 */
import { type Draw, drawFrom, one, someOf } from './random.ts';

export function randomSequences(seed: number): string {
  const draw = drawFrom(seed);
  const invariants = someOf(draw, INVARIANTS, 2).map((text, i) => `  invariant i${i}: ${text};`);
  const rules = Array.from({ length: 2 + draw(2) }, (_, i) => rule(draw, i));
  return `error Odd(x: Int, t: Text);
struct Job { who: Did, hours: Int, vote: Option<Bool> }
struct Kept { last: List<Int, 3>, note: Text }
contract Sequences {
  state {
    n: Int;
    label: Text = "a";
    data: Bytes;
    lock: Hash = hash("a");
    jobs: List<Job, 3>;
    log: List<Int, 12>;
    held: Map<Did, List<Int, 3>>;
    kept: Kept;
    s: Set<Did, 3>;
  }
${[...invariants, ...rules].join('\n')}
}
`;
}

// ---- private -----------------------------------------------------------------------------------

function rule(draw: Draw, index: number): string {
  const body = Array.from({ length: 1 + draw(2) }, () => {
    const inner = one(draw, STATEMENTS);
    return draw(3) === 0
      ? `    if ${one(draw, CONDITIONS)} { ${inner} } else { ${one(draw, STATEMENTS)} }`
      : `    ${inner}`;
  });
  return [
    `  rule r${index}(d: Did, x: Int, b: Bool, t: Text, l: List<Int, 3>, y: Bytes)`,
    ...someOf(draw, CONDITIONS, 2).map((text) => `    requires ${text} else "no"`),
    ...someOf(draw, ENSURES, 3).map((text) => `    ensures ${text}`),
    ...(draw(3) === 0 ? [`    succeeds when ${one(draw, CONDITIONS)}`] : []),
    '  {',
    ...body,
    '  }',
  ].join('\n');
}

const STATEMENTS = [
  'label = t;',
  'label = label ++ t;',
  'label ++= "b";',
  'data = y;',
  'data = y ++ 0x01;',
  'n = data[x];',
  'n = y.length + t.length;',
  'lock = hash(t);',
  'lock = hash(y);',
  'lock = hash((d, x));',
  'lock = hash(l);',
  'jobs.add(Job { who: d, hours: x, vote: some(b) });',
  'jobs.add(Job { who: caller, hours: 1, vote: none });',
  'let j = jobs.pop(); n = j.hours;',
  'jobs.clear();',
  'jobs[x].hours = 2;',
  'jobs[0] = Job { who: d, hours: x, vote: none };',
  'log.add(x);',
  'log.add(1); log.add(2);',
  'n = log[x];',
  'n = log.pop();',
  'held[d] = l;',
  'held[caller] = [x, 1];',
  'held.remove(d);',
  'kept.last = l;',
  'kept.last = [1, x];',
  'kept.last = log.page(x, 3);',
  'n = l[x];',
  'n = held[d].length;',
  'for v in l { n = v; }',
  'for v in l { if v == x { n = 1; } }',
  'for j in jobs { if j.who == caller { n = j.hours; } }',
  'for v in log invariant n <= 5 { if v < 3 { n = v; } }',
  'for v in log { n = v; }',
  'if x > 2 { fail Odd(x, t); }',
  's.add(d); kept.last = [s.size];',
];
const CONDITIONS = [
  'b',
  'x >= 0 && x <= 2',
  'x == 0',
  't == "a"',
  't.length <= 1',
  'label == t',
  'label.length < 2',
  'hash(t) == lock',
  'hash(t) == hash("a")',
  'hash(y) == lock',
  'hash((d, x)) == lock',
  'l.length == 2',
  'l.length > 0 && l[0] == x',
  'l == [1]',
  'jobs.length < 3',
  'jobs.length > 0',
  'jobs.length > 0 && jobs[0].who == caller',
  'x >= 0 && x < log.length',
  'log.length < 10',
  'held[d].length == 0',
  'held[d] == l',
  'y.length > 0',
  'y == 0x01',
  'd != caller',
  'kept.last == l',
];
const INVARIANTS = [
  'jobs.length <= 2',
  'jobs.length <= 3',
  'log.length <= 12',
  'jobs.length > 0 ==> jobs[0].hours >= 0',
  'jobs.length == 0 ==> n == 0',
  'label.length <= 1024',
  'label != "ab"',
  'label == "a" || n == 0',
  'data.length <= 3',
  'lock == hash("a") || n >= 0',
  'lock == hash(label)',
  'kept.last.length <= 2',
  'kept.last == [] || kept.last[0] == 1',
  'forall k: Did { held[k].length <= 2 }',
  'forall k: Did { held[k] == [] || held.has(k) }',
  'forall i: Int { i >= 0 && i < jobs.length ==> jobs[i].hours >= 0 }',
  'forall i: Int { i >= 0 && i < log.length ==> log[i] > 0 }',
  'n <= 5',
];
const ENSURES = [
  'label == t',
  'label == old(label) ++ t',
  'label.length == old(label.length) + t.length',
  'label == old(label)',
  'lock == hash(t)',
  'lock == old(lock)',
  'hash(t) == lock ==> label == t',
  'hash(y) == hash(data) ==> data == y',
  'hash((d, x)) == hash((caller, 1)) ==> x == 1',
  'jobs.length == old(jobs.length) + 1',
  'jobs.length == old(jobs.length)',
  'jobs.length == 0',
  'jobs.length > 0 ==> jobs[jobs.length - 1].who == d',
  'jobs.length > 0 && old(jobs.length) > 0 ==> jobs[0] == old(jobs[0])',
  'jobs.length > 0 ==> jobs[0].vote != some(true)',
  'log.length >= old(log.length)',
  'log.length > 0 ==> log[log.length - 1] == x',
  'held[d] == l',
  'held[d] == old(held[d])',
  'held[caller] == [x, 1]',
  'kept.last == l',
  'kept.last.length == 2',
  'kept.last.length <= 3',
  'kept.last == [1, x]',
  'l.length == 1 ==> n == l[0]',
  'l.length == 0 ==> n == old(n)',
  'n == old(n)',
  'n >= 0 && n <= 255',
  'data.length == y.length + 1',
  'data == y',
  't ++ "b" == label ==> label != "a"',
  'x <= 2',
];
