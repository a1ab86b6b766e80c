"""Docs/reference/rights.md: what each login may do with each relation, sequence and function of the database."""
