; Loops inside loops that leave early, reach their bound, or halt.
.contract loops
.rule bounded(a: Int) -> Int = bounded
.rule halting(a: Int) -> Unit = halting
.function bounded (int) -> (int) locals (int int int)
  Push 0
  LocalSet 3
  LoopEnter 1
outer:
  LoopEnter 2
inner:
  LocalGet 3
  Push 1
  Add
  LocalSet 3
  LocalGet 2
  LocalGet 0
  Equal
  JumpIf left
  LoopBack 2 5 inner
left:
  LocalGet 1
  Push 2
  Equal
  JumpIf done
  LoopBack 1 3 outer
done:
  LocalGet 3
  Return
.function halting (int) -> () locals (int)
  LoopEnter 1
turn:
  LocalGet 1
  LocalGet 0
  LessThan
  Not
  JumpIf stop
  LoopBack 1 4 turn
stop:
  Push 1
  PushBool true
  Halt
