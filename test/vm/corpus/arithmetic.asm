; Checked arithmetic on whatever the argument is: overflow, zero, negative numbers.
.contract arithmetic
.rule main(a: Int, b: Int) -> Int = main
.rule divided(a: Int, b: Int) -> Int = divided
.rule rooted(a: Int) -> Int = rooted
.function main (int int) -> (int)
  LocalGet 0
  LocalGet 1
  Mul
  LocalGet 0
  Sub
  Push -9223372036854775808
  LocalGet 1
  Add
  LocalGet 0
  GreaterThan
  JumpIf large
  Push 1
  Sub
large:
  LocalGet 1
  Add
  Return
.function divided (int int) -> (int)
  LocalGet 0
  LocalGet 1
  Div
  LocalGet 0
  LocalGet 1
  Mod
  LocalGet 0
  LocalGet 1
  Push 7
  MulDiv
  LocalGet 0
  LocalGet 1
  Push -1
  MulDivUp
  Add
  Add
  Add
  Return
.function rooted (int) -> (int)
  LocalGet 0
  Isqrt
  Push 3
  LocalGet 0
  Pow
  Add
  Return
