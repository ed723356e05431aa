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
  .gas 2260

.rule halting(a: Int, b: Did) -> Unit = halting
  .contracts
  .gas 8332

.function leaf (int did) -> (int) locals (int int bool did text hash list<3:int,text> int int int int int int)
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
  Push 2
  LocalGet 2
  Mul
  Push 100
  Mod
  Store "x"
  Nop
  LocalGet 6
  LocalGet 6
  Concat
  Length
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
  Push 2
  LocalGet 2
  Mul
  Push 100
  Mod
  Store "x"
  Nop
  LocalGet 6
  LocalGet 6
  Concat
  Length
  Return

.function main (int did) -> (int) locals (int int bool did text hash list<3:int,text> int int int int int int)
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
  Push 2
  LocalGet 2
  Mul
  Push 100
  Mod
  Store "x"
  Nop
  LocalGet 6
  LocalGet 6
  Concat
  Length
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
  Push 2
  LocalGet 2
  Mul
  Push 100
  Mod
  Store "x"
  Nop
  CalculateVotingWeight
  LocalGet 6
  LocalGet 6
  Concat
  LocalGet 5
  LocalGet 2
  StateGet keyed 1
  Push 1
  LocalGet 2
  Add
  StateHas keyed
  Halt
