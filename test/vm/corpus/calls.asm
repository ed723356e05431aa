; Contracts of one code call each other: re-entry, depth, the callee's gas.
.contract calls
.uses ledger.write
.currency hours 2 mutual
.error Tired(turns: Int)
.interface Peer
  .method rule again(turns: Int, who: Did) -> Int gas 9000
  .method view small(turns: Int) -> Int gas 1100
.call Peer again
.call Peer small
.rule again(turns: Int, who: Did) -> Int = again
  .contracts
.rule back(turns: Int) -> Int = back
  .contracts
.rule asks(turns: Int, who: Did) -> Int = asks
  .contracts
.view small(turns: Int) -> Int = small
.function again (int did) -> (int)
  LocalGet 0
  Push 5
  GreaterThan
  Not
  JumpIf tired
  LocalGet 0
  Push 1
  Sub
  Return
tired:
  LocalGet 0
  Fail Tired
.function back (int) -> (int)
  GetSelf
  LocalGet 0
  GetCaller
  CallContract #0
  Return
.function asks (int did) -> (int)
  LocalGet 1
  FindContract Peer
  LocalGet 0
  CallContract #1
  LocalGet 1
  LocalGet 0
  GetCreator
  CallContract #0
  Add
  Return
.function small (int) -> (int) locals (int)
  LoopEnter 1
turn:
  LocalGet 1
  LocalGet 0
  Equal
  JumpIf done
  LoopBack 1 40 turn
done:
  LocalGet 1
  Return
