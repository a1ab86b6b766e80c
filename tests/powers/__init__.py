"""Role × operation: who each operation refuses by itself, whatever the page, written in docs/reference/powers.md."""
