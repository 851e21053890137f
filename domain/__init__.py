"""The rules of the plan: standard library only, no clock, no I/O."""
