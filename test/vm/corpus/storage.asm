; Entries that are written, removed, added and asked for, by keys of several words; zeros are absent.
.contract storage
.slot plain () (int text)
.slot keyed (did int) (int bool)
.slot named (text) (int)
.rule main(a: Int, who: Did, name: Text) -> Bool = main
.function main (int did text) -> (bool)
  LocalGet 1
  LocalGet 0
  LocalGet 0
  StateSet keyed 0
  LocalGet 1
  LocalGet 0
  StateHas keyed
  JumpIf there
  Revert "not there"
there:
  LocalGet 1
  LocalGet 0
  StateRemove keyed
  LocalGet 1
  LocalGet 0
  StateGet keyed 0
  StateSet plain 0
  LocalGet 2
  LocalGet 2
  Concat
  StateAdd named
  LocalGet 2
  StateSet plain 1
  LocalGet 0
  Store "cell"
  Load "cell"
  LocalGet 0
  Equal
  JumpIf same
  Guard "a cell holds what was stored"
same:
  LocalGet 1
  GetSelf
  NotEqual
  LocalGet 2
  StateHas named
  Or
  Return
