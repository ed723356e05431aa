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
  .gas 23931

.rule halting(a: Int, b: Did) -> Unit = halting
  .contracts
  .gas 24622

.function leaf (int did) -> (int) locals (int int bool did text hash list<3:int,text> int int int int int int)
  LocalGet 0
  LocalSet 2
  LocalGet 1
  LocalSet 5
  Push 3
  LocalSet 3
  PushBool false
  LocalSet 4
  PushConst "x"
  LocalSet 6
  PushConst hash"0707070707070707070707070707070707070707070707070707070707070707"
  LocalSet 7
  PushConst list<3:int,text>"00"
  LocalSet 8
  LocalGet 6
  LocalGet 6
  NotEqual
  LocalGet 2
  LocalGet 2
  LessThan
  And
  LocalSet 4
  Push 3
  LocalGet 2
  Sub
  Push 3
  LocalGet 2
  Mul
  Div
  JumpIf L39
  LocalGet 5
  LocalGet 2
  StateGet keyed 1
  LocalGet 2
  LocalGet 2
  Mod
  LocalGet 2
  StateSet keyed 0
  Jump L39
L39:
  LocalGet 2
  Return

.function helper (int did) -> (int) locals (int int bool did text hash list<3:int,text> int int int int int int)
  LocalGet 0
  LocalSet 2
  LocalGet 1
  LocalSet 5
  Push 1
  LocalSet 3
  PushBool false
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
  LocalGet 2
  MulDiv
  Push 0
  LocalGet 2
  LocalGet 2
  Swap
  Sub
  Mul
  StateSet keyed 0
  LocalGet 2
  PushConst bool"true"
  LocalGet 5
  StateGet triple 1
  Return

.function main (int did) -> (int) locals (int int bool did text hash list<3:int,text> int int int int int int)
  LocalGet 0
  LocalSet 2
  LocalGet 1
  LocalSet 5
  Push 3
  LocalSet 3
  PushConst bool"true"
  LocalSet 4
  PushConst "second"
  LocalSet 6
  PushConst hash"0707070707070707070707070707070707070707070707070707070707070707"
  LocalSet 7
  PushConst list<3:int,text>"00"
  LocalSet 8
  LocalGet 2
  LocalGet 2
  LocalGet 2
  Equal
  LocalGet 5
  LocalGet 2
  StateGet keyed 1
  LocalGet 2
  LocalGet 2
  Mod
  LocalGet 2
  PushConst bool"true"
  LocalGet 5
  StateGet triple 1
  StateSet keyed 0
  Swap
  LocalSet 2
  LocalSet 4
  Push 12
  Push 3
  LocalGet 2
  Mul
  Mul
  Return

.function halting (int did) -> () locals (int int bool did text hash list<3:int,text> int int int int int int)
  LocalGet 0
  LocalSet 2
  LocalGet 1
  LocalSet 5
  Push 0
  LocalSet 3
  PushConst bool"true"
  LocalSet 4
  PushConst "second"
  LocalSet 6
  PushConst hash"0707070707070707070707070707070707070707070707070707070707070707"
  LocalSet 7
  PushConst list<3:int,text>"00"
  LocalSet 8
  Push 0
  LocalGet 2
  PushConst did"did:icn:other"
  Call leaf
  StateGet counts 0
  Mul
  JumpIf L31
  Push 3
  LocalGet 2
  Sub
  LocalGet 6
  LocalGet 6
  Concat
  LocalGet 2
  LocalGet 2
  Equal
  Halt
L31:
  LocalGet 2
  LocalGet 2
  Mod
  StateGet plain 1
  LocalGet 4
  LocalGet 4
  And
  Halt
