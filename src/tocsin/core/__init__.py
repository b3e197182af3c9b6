"""The machines and the rules: pure values in, pure values out; no clock, no chance, no I/O."""
