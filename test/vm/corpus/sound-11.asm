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
  .gas 273509

.rule halting(a: Int, b: Did) -> Unit = halting
  .contracts
  .gas 145038

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
  Mod
  LocalGet 2
  LocalGet 2
  LocalGet 2
  MulDiv
  Equal
  JumpIf L43
  Push 3
  LocalGet 2
  Add
  LocalGet 2
  Push 1
  LocalGet 2
  MulDiv
  LocalGet 2
  LocalGet 2
  Div
  MulDiv
  Store "x"
  Nop
  LocalGet 5
  LocalGet 2
  StateGet keyed 1
  LocalGet 2
  LocalGet 2
  StateSet keyed 0
  Jump L43
L43:
  LocalGet 2
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
  StateGet plain 4
  StateGet plain 0
  LocalGet 6
  ListAdd
  StateSet plain 4
  Push 0
  LocalGet 2
  Add
  LocalGet 2
  LocalGet 5
  Call leaf
  Div
  Return

.function main (int did) -> (int) locals (int int bool did text hash list<3:int,text> int int int int int int)
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
  StateGet plain 1
  StateGet named 0
  JumpIf L18
  Revert "x"
L18:
  LoopEnter 11
L19:
  LocalGet 11
  Push 2
  LessThan
  Not
  JumpIf L63
  Push 0
  LocalGet 2
  Add
  LocalGet 2
  LocalGet 5
  Call leaf
  LessThan
  JumpIf L36
  LocalGet 5
  LocalGet 2
  StateGet keyed 1
  Fail Wrong
L36:
  Push 3
  LocalGet 2
  Push 7
  Div
  Mul
  JumpIf L46
  LocalGet 5
  LocalGet 2
  StateGet keyed 1
  Fail Wrong
L46:
  LoopEnter 10
L47:
  LocalGet 10
  Push 3
  LessThan
  Not
  JumpIf L62
  LocalGet 2
  LocalGet 2
  Mod
  StateGet counts 0
  Push 3
  LocalGet 2
  Add
  Mod
  LocalSet 2
  LoopBack 10 4 L47
L62:
  LoopBack 11 4 L19
L63:
  Push 0
  LocalGet 2
  Mul
  Total hours
  LessThan
  StateSet plain 2
  LocalGet 2
  LocalGet 2
  Mod
  StateGet counts 0
  JumpIf L128
  StateGet plain 1
  StateGet named 0
  JumpIf L78
  Revert "x"
L78:
  LoopEnter 11
L79:
  LocalGet 11
  Push 2
  LessThan
  Not
  JumpIf L127
  Push 0
  LocalGet 2
  Add
  LocalGet 2
  LocalGet 5
  Call leaf
  LessThan
  JumpIf L96
  LocalGet 5
  LocalGet 2
  StateGet keyed 1
  Fail Wrong
L96:
  Push 3
  LocalGet 2
  Push 7
  Div
  Mul
  JumpIf L106
  LocalGet 5
  LocalGet 2
  StateGet keyed 1
  Fail Wrong
L106:
  LoopEnter 10
L107:
  LocalGet 10
  Push 3
  LessThan
  Not
  JumpIf L126
  LocalGet 5
  LocalGet 2
  StateGet keyed 1
  LocalGet 2
  LocalGet 2
  Mod
  StateGet counts 0
  Push 3
  LocalGet 2
  Mul
  PushConst did"did:icn:other"
  Call leaf
  StateSet keyed 0
  LoopBack 10 0 L107
L126:
  LoopBack 11 4 L79
L127:
  Jump L130
L128:
  StateGet plain 1
  LocalSet 6
L130:
  LocalGet 2
  LocalGet 2
  Mod
  StateGet counts 0
  Push 3
  LocalGet 2
  Add
  Mod
  LocalSet 2
  LocalGet 2
  Push 7
  Div
  LocalGet 2
  LocalGet 4
  LocalGet 5
  StateGet triple 1
  Total hours
  MulDiv
  Return

.function halting (int did) -> () locals (int int bool did text hash list<3:int,text> int int int int int int)
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
  Not
  LocalGet 5
  LocalGet 2
  StateGet keyed 1
  StateGet plain 1
  EmitEvent Said
  Log "x"
  Swap
  LocalSet 2
  LocalSet 4
  LoopEnter 11
L29:
  LocalGet 11
  Push 2
  LessThan
  Not
  JumpIf L73
  Push 0
  LocalGet 2
  Add
  LocalGet 2
  LocalGet 5
  Call leaf
  LessThan
  JumpIf L46
  LocalGet 5
  LocalGet 2
  StateGet keyed 1
  Fail Wrong
L46:
  Push 3
  LocalGet 2
  Push 7
  Div
  Mul
  JumpIf L56
  LocalGet 5
  LocalGet 2
  StateGet keyed 1
  Fail Wrong
L56:
  LoopEnter 10
L57:
  LocalGet 10
  Push 3
  LessThan
  Not
  JumpIf L72
  LocalGet 2
  LocalGet 2
  Mod
  StateGet counts 0
  Push 3
  LocalGet 2
  Add
  Mod
  LocalSet 2
  LoopBack 10 4 L57
L72:
  LoopBack 11 4 L29
L73:
  Push 0
  LocalGet 2
  Mul
  Total hours
  LessThan
  StateSet plain 2
  LocalGet 2
  LocalGet 5
  Call leaf
  LocalGet 6
  LocalGet 6
  Concat
  LocalGet 2
  LocalGet 2
  Equal
  Not
  Halt
