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
  .gas 1789

.rule halting(a: Int, b: Did) -> Unit = halting
  .contracts
  .gas 115421

.function leaf (int did) -> (int) locals (int int bool did text hash list<3:int,text> int int int int int int)
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
  MulDiv
  Load "never stored"
  Mod
  Store "x"
  Nop
  LocalGet 2
  LocalGet 2
  LocalGet 2
  MulDiv
  LocalGet 6
  Length
  LocalGet 2
  Dup
  Add
  MulDiv
  Return

.function helper (int did) -> (int) locals (int int bool did text hash list<3:int,text> int int int int int int)
  LocalGet 0
  LocalSet 2
  LocalGet 1
  LocalSet 5
  Push -1
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
  Swap
  Sub
  LocalGet 2
  LocalGet 2
  LocalGet 2
  MulDiv
  Mod
  Store "x"
  Nop
  LocalGet 2
  LocalGet 4
  LocalGet 5
  StateGet triple 1
  LocalSet 2
  LocalGet 2
  LocalGet 2
  LocalGet 2
  MulDiv
  LocalGet 2
  Dup
  Add
  LessThan
  JumpIf L102
  LocalGet 2
  LocalGet 2
  LocalGet 2
  MulDiv
  LocalGet 2
  LocalGet 2
  LocalGet 2
  MulDiv
  Equal
  JumpIf L56
  StateGet plain 4
  LocalGet 6
  Length
  LocalGet 6
  ListAdd
  LocalSet 8
  Jump L87
L56:
  LocalGet 5
  LocalGet 2
  StateGet keyed 1
  LocalGet 2
  Dup
  Add
  StateHas keyed
  JumpIf L84
  StateGet plain 0
  Store "x"
  Nop
  LocalGet 5
  LocalGet 2
  StateGet keyed 1
  Push 0
  LocalGet 2
  Mul
  Load "never stored"
  StateSet keyed 0
  LocalGet 2
  LocalGet 4
  LocalGet 5
  LocalGet 6
  LocalGet 6
  Concat
  Hash ""
  StateSet triple 0
  Jump L87
L84:
  StateGet plain 0
  Store "x"
  Nop
L87:
  LocalGet 6
  LocalGet 6
  Concat
  LocalGet 6
  Concat
  LocalSet 6
  LocalGet 2
  LocalGet 2
  LocalGet 2
  MulDiv
  Load "never stored"
  Mod
  Store "x"
  Nop
  Jump L172
L102:
  LocalGet 2
  LocalGet 2
  LessThan
  LocalGet 5
  LocalGet 2
  StateGet keyed 1
  StateGet plain 0
  StateHas keyed
  And
  JumpIf L152
  LocalGet 6
  LocalGet 6
  Concat
  LocalGet 6
  Concat
  LocalSet 6
  LocalGet 2
  LocalGet 2
  LocalGet 2
  MulDiv
  Load "never stored"
  Mod
  Store "x"
  Nop
  LoopEnter 11
L127:
  LocalGet 11
  Push 2
  LessThan
  Not
  JumpIf L151
  LocalGet 2
  LocalGet 2
  LocalGet 2
  MulDiv
  LocalGet 2
  Dup
  Add
  Push 3
  LocalGet 2
  Mul
  MulDiv
  Store "x"
  Nop
  LocalGet 6
  LocalGet 6
  Concat
  Hash ""
  LocalSet 7
  LoopBack 11 0 L127
L151:
  Jump L165
L152:
  LocalGet 2
  LocalGet 4
  LocalGet 5
  StateGet triple 1
  LocalGet 2
  LocalGet 5
  Call leaf
  LocalGet 2
  LocalGet 2
  Swap
  Sub
  MulDiv
  StateSet plain 0
L165:
  LoopEnter 11
L166:
  LocalGet 11
  Push 0
  LessThan
  Not
  JumpIf L172
  LoopBack 11 3 L166
L172:
  LocalGet 2
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
  MulDiv
  Load "never stored"
  Mod
  Store "x"
  Nop
  LocalGet 2
  LocalGet 2
  LocalGet 2
  MulDiv
  LocalGet 6
  Length
  LocalGet 2
  Dup
  Add
  MulDiv
  Return

.function halting (int did) -> () locals (int int bool did text hash list<3:int,text> int int int int int int)
  LocalGet 0
  LocalSet 2
  LocalGet 1
  LocalSet 5
  Push -1
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
  Swap
  Sub
  LocalGet 2
  LocalGet 2
  LocalGet 2
  MulDiv
  Mod
  Store "x"
  Nop
  LocalGet 2
  LocalGet 4
  LocalGet 5
  StateGet triple 1
  LocalSet 2
  JoinCooperative
  BroadcastTransaction
  LocalGet 5
  LocalGet 2
  StateGet keyed 1
  LocalGet 6
  LocalGet 6
  Concat
  LocalGet 2
  Dup
  Add
  TransferReputationWith
  PushConst id"p-1"
  BroadcastTransactionWith
  UpdateReputation -5
  LocalGet 5
  LocalGet 2
  StateGet keyed 1
  FindContract Peer
  Push -1
  LocalGet 2
  Mul
  LocalGet 5
  LocalGet 2
  StateGet keyed 1
  CallContract #1
  LocalGet 2
  LocalGet 2
  Div
  LocalGet 6
  PushConst "second"
  Concat
  LocalGet 6
  LocalGet 6
  NotEqual
  Halt
