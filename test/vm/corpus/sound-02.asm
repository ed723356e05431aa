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
  .gas 5807

.rule halting(a: Int, b: Did) -> Unit = halting
  .contracts
  .gas 4397

.function leaf (int did) -> (int) locals (int int bool did text hash list<3:int,text> int int int int int int)
  LocalGet 0
  LocalSet 2
  LocalGet 1
  LocalSet 5
  Push 100
  LocalSet 3
  PushBool false
  LocalSet 4
  PushConst "second"
  LocalSet 6
  PushConst hash"0707070707070707070707070707070707070707070707070707070707070707"
  LocalSet 7
  PushConst list<3:int,text>"00"
  LocalSet 8
  StateGet plain 4
  LocalSet 8
  LocalGet 2
  LocalGet 2
  Mod
  LocalGet 2
  LocalGet 2
  LocalGet 2
  MulDiv
  GetBlockNumber
  LocalGet 2
  Mul
  MulDiv
  Return

.function helper (int did) -> (int) locals (int int bool did text hash list<3:int,text> int int int int int int)
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
  LocalGet 5
  LocalGet 2
  StateGet keyed 1
  LocalGet 2
  LocalGet 2
  LocalGet 2
  MulDiv
  StateGet keyed 0
  JumpIf L26
  StateGet plain 1
  LocalSet 6
  Jump L42
L26:
  LoopEnter 11
L27:
  LocalGet 11
  Push 1
  LessThan
  Not
  JumpIf L42
  GetBlockNumber
  LocalGet 6
  Length
  Mul
  LocalSet 3
  StateGet plain 1
  StateGet plain 1
  NotEqual
  LocalSet 4
  LoopBack 11 2 L27
L42:
  Load "never stored"
  Return

.function main (int did) -> (int) locals (int int bool did text hash list<3:int,text> int int int int int int)
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
  StateGet plain 0
  JumpIf L17
  Guard "x"
L17:
  GetBlockNumber
  LocalGet 6
  Length
  Mul
  LocalSet 3
  StateGet plain 1
  StateGet plain 1
  NotEqual
  LocalSet 4
  Push 12
  Load "never stored"
  Sub
  Return

.function halting (int did) -> () locals (int int bool did text hash list<3:int,text> int int int int int int)
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
  LoopEnter 11
L15:
  LocalGet 11
  Push 0
  LessThan
  Not
  JumpIf L27
  LocalGet 6
  LocalGet 6
  Concat
  PushConst "x"
  Concat
  LocalSet 6
  LoopBack 11 0 L15
L27:
  LocalGet 2
  LocalGet 5
  Call leaf
  LocalGet 6
  LocalGet 6
  Concat
  LocalGet 2
  LocalGet 2
  LessThan
  Not
  Halt
