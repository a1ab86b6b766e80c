"""Role × route × relation to the record: what really answers, written down in docs/reference/relations.md."""
