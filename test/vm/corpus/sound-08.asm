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
  .gas 154773

.rule halting(a: Int, b: Did) -> Unit = halting
  .contracts
  .gas 195896

.function leaf (int did) -> (int) locals (int int bool did text hash list<3:int,text> int int int int int int)
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
  Push 3
  LocalGet 2
  Mul
  LocalGet 2
  LocalGet 2
  LocalGet 2
  MulDiv
  Equal
  JumpIf L39
  StateGet plain 0
  LocalSet 2
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
  LocalGet 2
  Mod
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
  LocalGet 2
  Mod
  Push 3
  Push 3
  LocalGet 2
  Mul
  Add
  StateSet keyed 0
  LocalGet 5
  LocalGet 2
  StateGet keyed 1
  LocalGet 2
  LocalGet 2
  Mod
  StateGet plain 0
  StateSet keyed 0
  LoopEnter 11
L35:
  LocalGet 11
  Push 2
  LessThan
  Not
  JumpIf L43
  StateGet plain 1
  LocalSet 6
  LoopBack 11 4 L35
L43:
  LocalGet 2
  LocalGet 2
  LocalGet 2
  MulDiv
  LocalGet 5
  Call leaf
  Return

.function main (int did) -> (int) locals (int int bool did text hash list<3:int,text> int int int int int int)
  LocalGet 0
  LocalSet 2
  LocalGet 1
  LocalSet 5
  Push 0
  LocalSet 3
  PushBool false
  LocalSet 4
  PushConst "second"
  LocalSet 6
  PushConst hash"0707070707070707070707070707070707070707070707070707070707070707"
  LocalSet 7
  PushConst list<3:int,text>"00"
  LocalSet 8
  PushConst id"p-1"
  LeaveFederationWith
  LocalGet 6
  Length
  BurnReputation
  LocalGet 6
  LocalGet 6
  Concat
  LocalGet 6
  LocalGet 6
  Concat
  StateGet plain 1
  LocalGet 5
  LocalGet 2
  StateGet keyed 1
  LocalGet 6
  LocalGet 6
  Concat
  PushConst bytes"0102"
  PushConst bytes"0102"
  Concat
  CreateProposalWith
  Pop
  StateGet plain 1
  LocalGet 5
  LocalGet 2
  StateGet keyed 1
  DelegateVotesWith
  UpdateCooperativeMetadata
  LocalGet 5
  LocalGet 2
  StateGet keyed 1
  LocalGet 2
  LocalGet 2
  Mod
  Push 3
  Push 3
  LocalGet 2
  Mul
  Add
  StateSet keyed 0
  LocalGet 5
  LocalGet 2
  StateGet keyed 1
  LocalGet 2
  LocalGet 2
  Mod
  StateGet plain 0
  StateSet keyed 0
  Push 12
  Push 0
  LocalGet 2
  Mul
  Add
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
  Push 0
  Push 12
  LocalGet 2
  Add
  Add
  Store "x"
  Nop
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
  Push 12
  Push 0
  LocalGet 2
  Mul
  Add
  StateSet keyed 0
  LeaveFederation
  LocalGet 2
  LocalGet 2
  Mod
  BurnReputation
  LocalGet 5
  LocalGet 2
  StateGet keyed 1
  LocalGet 6
  LocalGet 6
  Concat
  SetMemberRole
  StateGet plain 1
  LocalGet 5
  LocalGet 2
  StateGet keyed 1
  DelegateVotesWith
  UpdateCooperativeMetadata
  LocalGet 5
  LocalGet 2
  StateGet keyed 1
  LocalGet 2
  LocalGet 2
  Mod
  Push 3
  Push 3
  LocalGet 2
  Mul
  Add
  StateSet keyed 0
  LocalGet 5
  LocalGet 2
  StateGet keyed 1
  LocalGet 2
  LocalGet 2
  Mod
  StateGet plain 0
  StateSet keyed 0
  LocalGet 2
  LocalGet 2
  Div
  LocalGet 6
  LocalGet 6
  Concat
  LocalGet 2
  LocalGet 2
  Equal
  Halt
