"""What each figure means, and how it is asked: plain Python, no Django.

A caller needs `catalogue.get`, `model.Asked`, `ask.answer`, `ask.records`, an engine from `engines`, and
`disclosure.protect_answer` for whatever leaves the case area.
"""
