"""Who may come in, by what, what each may do, and what two people must agree on.  Pure, like all of the core."""
