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
  .gas 3252

.rule halting(a: Int, b: Did) -> Unit = halting
  .contracts
  .gas 333572

.function leaf (int did) -> (int) locals (int int bool did text hash list<3:int,text> int int int int int int)
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
  LocalGet 6
  LocalGet 6
  NotEqual
  Not
  LocalGet 2
  LocalGet 2
  LessThan
  Not
  And
  JumpIf L29
  StateGet plain 1
  LocalGet 6
  Concat
  LocalSet 6
  Jump L38
L29:
  LocalGet 5
  LocalGet 2
  StateGet keyed 1
  LocalGet 6
  Length
  Push 12
  LocalGet 2
  Sub
  StateSet keyed 0
L38:
  LocalGet 2
  Return

.function helper (int did) -> (int) locals (int int bool did text hash list<3:int,text> int int int int int int)
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
  Concat
  LocalGet 6
  LocalGet 6
  Concat
  NotEqual
  Not
  LocalSet 4
  LocalGet 2
  LocalGet 2
  LocalGet 2
  MulDiv
  LocalGet 2
  LocalGet 2
  LocalGet 2
  MulDiv
  Div
  Return

.function main (int did) -> (int) locals (int int bool did text hash list<3:int,text> int int int int int int)
  LocalGet 0
  LocalSet 2
  LocalGet 1
  LocalSet 5
  Push 12
  LocalSet 3
  PushConst bool"true"
  LocalSet 4
  PushConst "x"
  LocalSet 6
  PushConst hash"0707070707070707070707070707070707070707070707070707070707070707"
  LocalSet 7
  PushConst list<3:int,text>"00"
  LocalSet 8
  StateGet plain 1
  LocalGet 6
  Concat
  LocalSet 6
  Push 0
  LocalGet 2
  LocalGet 2
  Div
  Mul
  Return

.function halting (int did) -> () locals (int int bool did text hash list<3:int,text> int int int int int int)
  LocalGet 0
  LocalSet 2
  LocalGet 1
  LocalSet 5
  Push -1
  LocalSet 3
  PushBool false
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
  Push 2
  LessThan
  Not
  JumpIf L34
  LocalGet 5
  LocalGet 2
  StateGet keyed 1
  Push 0
  LocalGet 2
  Mul
  LocalGet 2
  LocalGet 2
  LocalGet 2
  MulDiv
  LocalGet 5
  Call leaf
  StateSet keyed 0
  LoopBack 11 3 L15
L34:
  LocalGet 5
  LocalGet 2
  StateGet keyed 1
  LocalGet 6
  LocalGet 6
  Concat
  LocalGet 6
  Concat
  EmitEvent Said
  Log "x"
  LocalGet 5
  LocalGet 2
  StateGet keyed 1
  LocalGet 5
  LocalGet 2
  StateGet keyed 1
  FindContract Peer
  LocalGet 2
  LocalGet 5
  LocalGet 2
  CallContract #0
  LocalGet 2
  LocalGet 2
  Div
  LocalGet 2
  LocalGet 2
  LocalGet 2
  MulDiv
  LocalGet 5
  LocalGet 2
  StateGet keyed 1
  FindContract Peer
  LocalGet 2
  LocalGet 5
  LocalGet 2
  CallContract #0
  MulDiv
  StateSet keyed 0
  LocalGet 5
  LocalGet 2
  StateGet keyed 1
  StateGet plain 1
  LocalGet 2
  LocalGet 2
  Div
  MintReputationWith
  LocalGet 5
  LocalGet 2
  StateGet keyed 1
  LocalGet 5
  LocalGet 2
  StateGet keyed 1
  LocalGet 6
  Length
  Transfer hours
  LocalGet 5
  LocalGet 2
  StateGet keyed 1
  LocalGet 6
  LocalGet 6
  Concat
  GetReputationOf
  Pop
  UpdateCooperativeMetadata
  LocalGet 5
  LocalGet 2
  StateGet keyed 1
  LocalGet 5
  LocalGet 2
  StateGet keyed 1
  Push 0
  LocalGet 2
  Mul
  Transfer hours
  LocalGet 5
  LocalGet 2
  StateGet keyed 1
  FindContract Peer
  Push 12
  LocalGet 2
  Sub
  LocalGet 5
  LocalGet 2
  StateGet keyed 1
  CallContract #1
  LocalGet 2
  LocalGet 4
  LocalGet 4
  And
  StateGet plain 1
  LocalGet 6
  Concat
  LocalSet 6
  Swap
  LocalSet 2
  LocalSet 4
  LocalGet 2
  LocalGet 5
  Call leaf
  StateGet plain 1
  LocalGet 6
  LocalGet 6
  NotEqual
  Halt
