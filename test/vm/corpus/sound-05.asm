.contract sound
.uses cooperative.write federation.read federation.write governance.read governance.write identity.read identity.write ledger.read ledger.write reputation.read reputation.write transaction.write
.currency hours 2 mutual

.const "x"
.const "second"
.const did"did:icn:other"
.const hash"0707070707070707070707070707070707070707070707070707070707070707"
.const "éééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééé"
.const int"-7"
.const bool"true"
.const bytes"0102"
.const id"p-1"
.const "never stored"
.const list<3:int,text>"00"
.const ""
.const bytes""

.slot plain () (int text bool int list<3:int,text>)
.slot keyed (did int) (int did)
.slot counts (int) (int bool)
.slot named (text) (int)
.slot triple (int bool did) (hash int)

.event Said(by: Did, what: Text)

.error Wrong(by: Did)

.interface Peer
  .method rule main(a: Int, b: Did) -> Int gas 20000
  .method rule halting(a: Int, b: Did) -> Unit gas 1500

.call Peer main hours
.call Peer halting

.rule main(a: Int, b: Did) -> Int = main
  .contracts
  .gas 6424

.rule halting(a: Int, b: Did) -> Unit = halting
  .contracts
  .gas 14429

.function leaf (int did) -> (int) locals (int int bool did text hash list<3:int,text> int int int int int int)
  LocalGet 0
  LocalSet 2
  LocalGet 1
  LocalSet 5
  Push 3
  LocalSet 3
  PushBool false
  LocalSet 4
  PushConst "second"
  LocalSet 6
  PushConst hash"0707070707070707070707070707070707070707070707070707070707070707"
  LocalSet 7
  PushConst list<3:int,text>"00"
  LocalSet 8
  LocalGet 2
  Dup
  Add
  Push 3
  LocalGet 2
  Add
  Swap
  Sub
  LocalSet 3
  Push 1
  LocalGet 2
  LocalGet 2
  Swap
  Sub
  Mul
  Return

.function helper (int did) -> (int) locals (int int bool did text hash list<3:int,text> int int int int int int)
  LocalGet 0
  LocalSet 2
  LocalGet 1
  LocalSet 5
  Push 12
  LocalSet 3
  PushConst bool"true"
  LocalSet 4
  PushConst "second"
  LocalSet 6
  PushConst hash"0707070707070707070707070707070707070707070707070707070707070707"
  LocalSet 7
  PushConst list<3:int,text>"00"
  LocalSet 8
  LocalGet 5
  LocalGet 2
  StateGet keyed 1
  LocalGet 2
  LocalGet 2
  Mod
  StateGet keyed 0
  Dup
  Add
  Store "x"
  Nop
  LocalGet 2
  LocalGet 2
  Swap
  Sub
  LocalGet 5
  Call leaf
  Return

.function main (int did) -> (int) locals (int int bool did text hash list<3:int,text> int int int int int int)
  LocalGet 0
  LocalSet 2
  LocalGet 1
  LocalSet 5
  Push -1
  LocalSet 3
  PushBool false
  LocalSet 4
  PushConst "x"
  LocalSet 6
  PushConst hash"0707070707070707070707070707070707070707070707070707070707070707"
  LocalSet 7
  PushConst list<3:int,text>"00"
  LocalSet 8
  Load "never stored"
  JumpIf L50
  StateGet plain 1
  LocalGet 6
  LocalGet 6
  Concat
  NotEqual
  JumpIf L32
  LocalGet 2
  Dup
  Add
  Push 3
  LocalGet 2
  Add
  Swap
  Sub
  LocalSet 3
  Jump L49
L32:
  StateGet plain 1
  LocalGet 6
  LocalGet 6
  Concat
  NotEqual
  JumpIf L42
  StateGet plain 0
  Store "x"
  Nop
  Jump L49
L42:
  StateGet plain 0
  LocalGet 2
  Dup
  Add
  Equal
  Not
  LocalSet 4
L49:
  Jump L60
L50:
  LocalGet 5
  LocalGet 2
  StateGet keyed 1
  LocalGet 2
  Dup
  Add
  StateGet keyed 0
  LocalGet 5
  Call leaf
  LocalSet 2
L60:
  Load "never stored"
  Return

.function halting (int did) -> () locals (int int bool did text hash list<3:int,text> int int int int int int)
  LocalGet 0
  LocalSet 2
  LocalGet 1
  LocalSet 5
  Push 12
  LocalSet 3
  PushBool false
  LocalSet 4
  PushConst "x"
  LocalSet 6
  PushConst hash"0707070707070707070707070707070707070707070707070707070707070707"
  LocalSet 7
  PushConst list<3:int,text>"00"
  LocalSet 8
  LocalGet 5
  LocalGet 2
  StateGet keyed 1
  LocalGet 2
  Dup
  Add
  StateGet keyed 0
  LocalGet 5
  Call leaf
  LocalSet 2
  Push 1
  LocalGet 2
  Mul
  StateGet plain 0
  Mod
  Store "x"
  Nop
  LoopEnter 11
L32:
  LocalGet 11
  Push 4
  LessThan
  Not
  JumpIf L77
  LocalGet 5
  LocalGet 2
  StateGet keyed 1
  Push 1
  LocalGet 2
  Mul
  StateHas keyed
  LocalGet 2
  LocalGet 2
  Equal
  And
  JumpIf L59
  LocalGet 2
  Dup
  Add
  Push 3
  LocalGet 2
  Add
  Swap
  Sub
  LocalSet 3
  Jump L76
L59:
  StateGet plain 1
  LocalGet 6
  LocalGet 6
  Concat
  NotEqual
  JumpIf L69
  StateGet plain 0
  Store "x"
  Nop
  Jump L76
L69:
  StateGet plain 0
  LocalGet 2
  Dup
  Add
  Equal
  Not
  LocalSet 4
L76:
  LoopBack 11 0 L32
L77:
  LocalGet 2
  LocalGet 5
  Call leaf
  StateGet plain 1
  LocalGet 4
  LocalGet 4
  And
  Halt
