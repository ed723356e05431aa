; A number that counts no variant is neither a result nor a field of an event.
.contract variants
.event Chosen(choice: Enum Choice {Yes (), Block (reason: Text)})
.rule result(tag: Int) -> Enum Choice {Yes (), Block (reason: Text)} = result
.rule said(tag: Int) -> Unit = said
.function result (int) -> (int text)
  LocalGet 0
  PushConst "why"
  Return
.function said (int) -> ()
  LocalGet 0
  PushConst "why"
  EmitEvent Chosen
  Log "said"
  Return
