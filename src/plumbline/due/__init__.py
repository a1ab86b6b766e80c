"""What is next, and for whom: the duties that every room says, kept, so that one reading answers (docs/adr/0041)."""
