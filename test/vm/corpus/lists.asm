; Lists and indices: full, empty, beyond the end, lists in lists.
.contract lists
.slot kept () (list<3:int>) List<Int, 3>
.rule add(a: Int) -> Int = add
.rule at(a: Int) -> Int = at
.rule part(a: Int) -> Hash = part
.function add (int) -> (int)
  StateGet kept 0
  LocalGet 0
  ListAdd
  StateSet kept 0
  StateGet kept 0
  Length
  Return
.function at (int) -> (int)
  StateGet kept 0
  LocalGet 0
  At 0
  LocalGet 0
  Push 3
  CheckIndex
  Add
  Return
.function part (int) -> (hash)
  PushConst list<2:list<3:int>>"0201070101"
  LocalGet 0
  At 0
  LocalGet 0
  ListAdd
  Hash "Part"
  Return
