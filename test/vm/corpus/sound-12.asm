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
  .gas 27261

.rule halting(a: Int, b: Did) -> Unit = halting
  .contracts
  .gas 217379

.function leaf (int did) -> (int) locals (int int bool did text hash list<3:int,text> int int int int int int)
  LocalGet 0
  LocalSet 2
  LocalGet 1
  LocalSet 5
  Push 12
  LocalSet 3
  PushBool false
  LocalSet 4
  PushConst "second"
  LocalSet 6
  PushConst hash"0707070707070707070707070707070707070707070707070707070707070707"
  LocalSet 7
  PushConst list<3:int,text>"00"
  LocalSet 8
  Push 12
  LocalGet 2
  Mul
  StateGet plain 0
  Push 12
  LocalGet 2
  Add
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
  LocalGet 2
  LocalGet 2
  LocalGet 2
  MulDiv
  LocalGet 2
  LocalGet 5
  Call leaf
  Swap
  Sub
  JumpIf L41
  LocalGet 5
  LocalGet 2
  StateGet keyed 1
  LocalGet 2
  LocalGet 5
  Call leaf
  LocalGet 2
  LocalGet 2
  LocalGet 2
  MulDiv
  LocalGet 2
  LocalGet 5
  Call leaf
  Swap
  Sub
  StateSet keyed 0
  Jump L57
L41:
  LocalGet 5
  LocalGet 2
  StateGet keyed 1
  LocalGet 2
  LocalGet 5
  Call leaf
  LocalGet 2
  LocalGet 2
  LocalGet 2
  MulDiv
  LocalGet 2
  LocalGet 5
  Call leaf
  Swap
  Sub
  StateSet keyed 0
L57:
  Push 3
  LocalGet 2
  Add
  LocalGet 2
  LocalGet 5
  Call leaf
  Mod
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
  LocalGet 6
  LocalGet 6
  Concat
  Hash ""
  LocalSet 7
  Push 3
  LocalGet 5
  LocalGet 2
  StateGet keyed 1
  FindContract Peer
  LocalGet 2
  LocalGet 5
  LocalGet 2
  CallContract #0
  Add
  Return

.function halting (int did) -> () locals (int int bool did text hash list<3:int,text> int int int int int int)
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
  VerifyDID
  Pop
  LocalGet 5
  LocalGet 2
  StateGet keyed 1
  VerifyDIDOf
  Pop
  PushConst id"p-1"
  LocalGet 5
  LocalGet 2
  StateGet keyed 1
  LocalGet 2
  LocalGet 2
  Swap
  Sub
  TransferResourceWith
  PushConst id"p-1"
  JoinFederationWith
  VerifyCredential
  Pop
  LocalGet 5
  LocalGet 2
  StateGet keyed 1
  FindContract Peer
  Push 12
  LocalGet 2
  Add
  LocalGet 5
  LocalGet 2
  StateGet keyed 1
  CallContract #1
  Push 12
  LocalGet 2
  Mul
  StateGet plain 0
  Swap
  Sub
  JumpIf L138
  LocalGet 2
  LocalGet 5
  Call leaf
  LocalGet 2
  LocalGet 5
  Call leaf
  Div
  JumpIf L84
  PushConst id"p-1"
  LocalGet 5
  LocalGet 2
  StateGet keyed 1
  LocalGet 6
  LocalGet 6
  Concat
  ValidateFederationActionOf
  Pop
  CreateProposal
  LocalGet 6
  LocalGet 6
  Concat
  LocalGet 2
  LocalGet 4
  LocalGet 5
  StateGet triple 1
  BurnReputationWith
  SyncFederationState
  StateGet plain 1
  StateGet plain 0
  StateGet counts 0
  UpdateQuorumWith
  Jump L90
L84:
  LocalGet 6
  LocalGet 6
  Concat
  LocalGet 6
  Concat
  LocalSet 6
L90:
  LoopEnter 11
L91:
  LocalGet 11
  Push 3
  LessThan
  Not
  JumpIf L131
  StateGet plain 0
  StateGet counts 0
  JumpIf L121
  LocalGet 2
  LocalGet 2
  Mod
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
  LocalSet 3
  Push 12
  LocalGet 2
  LocalGet 5
  Call leaf
  Sub
  Store "x"
  Nop
  Jump L130
L121:
  LocalGet 5
  LocalGet 2
  StateGet keyed 1
  LocalGet 2
  LocalGet 2
  LocalGet 2
  MulDiv
  StateGet plain 0
  StateSet keyed 0
L130:
  LoopBack 11 1 L91
L131:
  LocalGet 6
  LocalGet 6
  Concat
  LocalGet 6
  Concat
  LocalSet 6
  Jump L184
L138:
  LoopEnter 11
L139:
  LocalGet 11
  Push 1
  LessThan
  Not
  JumpIf L184
  LocalGet 6
  LocalGet 6
  Concat
  LocalGet 6
  LocalGet 6
  Concat
  NotEqual
  Not
  JumpIf L177
  LocalGet 5
  LocalGet 2
  StateGet keyed 1
  LocalGet 2
  LocalGet 2
  LocalGet 2
  MulDiv
  StateGet plain 0
  StateSet keyed 0
  Push 12
  Push 3
  LocalGet 2
  Add
  Add
  Store "x"
  Nop
  Push 12
  Push 12
  LocalGet 2
  Sub
  Mul
  Store "x"
  Nop
  Jump L183
L177:
  LocalGet 6
  LocalGet 6
  Concat
  LocalGet 6
  Concat
  LocalSet 6
L183:
  LoopBack 11 3 L139
L184:
  LoopEnter 11
L185:
  LocalGet 11
  Push 2
  LessThan
  Not
  JumpIf L195
  LocalGet 5
  LocalGet 2
  LocalGet 2
  StateSet keyed 0
  LoopBack 11 1 L185
L195:
  LocalGet 2
  LocalGet 6
  LocalGet 4
  Halt
