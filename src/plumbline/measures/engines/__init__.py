"""Databases that can be asked: each runs a `compile.Statement` and returns its rows."""
