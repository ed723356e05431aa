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
  .gas 91827

.rule halting(a: Int, b: Did) -> Unit = halting
  .contracts
  .gas 144444

.function leaf (int did) -> (int) locals (int int bool did text hash list<3:int,text> int int int int int int)
  LocalGet 0
  LocalSet 2
  LocalGet 1
  LocalSet 5
  Push 7
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
  StateHas keyed
  LocalSet 4
  LocalGet 2
  LocalGet 2
  Swap
  Sub
  StateGet plain 0
  LessThan
  JumpIf L38
  Push 0
  LocalGet 2
  Add
  LocalGet 2
  LocalGet 2
  MulDiv
  StateSet plain 3
  Jump L38
L38:
  LocalGet 2
  Return

.function helper (int did) -> (int) locals (int int bool did text hash list<3:int,text> int int int int int int)
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
  StateGet plain 0
  StateSet plain 3
  LocalGet 2
  LocalGet 2
  LocalGet 2
  MulDiv
  Push 1
  LocalGet 2
  Mul
  Div
  Return

.function main (int did) -> (int) locals (int int bool did text hash list<3:int,text> int int int int int int)
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
  PushConst id"p-1"
  StateGet plain 1
  Hash ""
  SyncFederationStateWith
  LocalGet 6
  LocalGet 6
  Concat
  Push 3
  LocalGet 2
  LocalGet 2
  MulDiv
  UpdateQuorumWith
  PushConst id"p-1"
  RevokeCredentialWith
  LocalGet 5
  LocalGet 2
  StateGet keyed 1
  StateGet plain 1
  SetMemberRole
  PushConst id"p-1"
  VerifyCredentialOf
  Pop
  LocalGet 2
  LocalGet 2
  Mod
  LocalGet 2
  LocalGet 2
  Swap
  Sub
  LocalGet 2
  LocalGet 2
  Mod
  MulDiv
  Return

.function halting (int did) -> () locals (int int bool did text hash list<3:int,text> int int int int int int)
  LocalGet 0
  LocalSet 2
  LocalGet 1
  LocalSet 5
  GetBlockNumber
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
  LocalGet 5
  Call leaf
  StateHas keyed
  LocalSet 4
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
  Push 3
  LocalGet 2
  Div
  LocalGet 2
  LocalGet 4
  LocalGet 5
  StateGet triple 1
  Equal
  JumpIf L103
  LoopEnter 11
L42:
  LocalGet 11
  Push 1
  LessThan
  Not
  JumpIf L102
  LocalGet 5
  LocalGet 2
  StateGet keyed 1
  LocalGet 2
  LocalGet 2
  LocalGet 2
  MulDiv
  LocalGet 6
  Length
  LocalGet 2
  LocalGet 4
  LocalGet 5
  StateGet triple 1
  Mul
  StateSet keyed 0
  LocalGet 2
  LocalGet 2
  LocalGet 2
  MulDiv
  LocalGet 5
  Call leaf
  JumpIf L83
  LocalGet 5
  StateGet plain 0
  StateGet keyed 1
  LocalSet 5
  LocalGet 6
  Length
  LocalGet 2
  LocalGet 4
  LocalGet 5
  StateGet triple 1
  Mul
  Store "x"
  Nop
  Jump L101
L83:
  LocalGet 5
  LocalGet 2
  StateGet keyed 1
  Push 3
  LocalGet 2
  Mul
  LocalGet 2
  LocalGet 2
  Mod
  LocalGet 2
  LocalGet 2
  LocalGet 2
  MulDiv
  Push 1
  LocalGet 2
  Sub
  MulDiv
  StateSet keyed 0
L101:
  LoopBack 11 1 L42
L102:
  Jump L109
L103:
  LocalGet 5
  LocalGet 2
  StateGet keyed 1
  GetReputation
  StateGet plain 0
  StateSet keyed 0
L109:
  LocalGet 6
  LocalGet 6
  Concat
  Length
  JumpIf L124
  Push 1
  LocalGet 2
  Sub
  LocalGet 6
  LocalGet 6
  Concat
  LocalGet 6
  LocalGet 6
  NotEqual
  Halt
L124:
  StateGet plain 1
  LocalSet 6
  StateGet plain 0
  LocalGet 6
  PushConst "x"
  Concat
  LocalGet 2
  LocalGet 2
  Equal
  Not
  Halt
