"""The words in which a model about children says who sees its rows (`rows_seen`), as conditions in SQL.

`{row}` is the table itself, `{viewer}` the number of the one who looks; `{may[children.view]}`, `{reaches[placements]}`
and `{holds[director]}` say what roles they hold. They are filled in by `people.rows`, which makes the policies.
"""

from collections.abc import Iterable

# The number of the one who looks, and their day; worked out once for a statement.
VIEWER = "(select people_viewer())"
DAY = "(select people_viewed_on())"


def lasting(row: str, *, day: str = DAY) -> str:
    """Whether a role or a tie is held, as people.access.held_on has it."""
    return (
        f"{row}.from_on <= {day} and ({row}.to_on is null or {row}.to_on > {day}"
        f" or {row}.to_on = {day} and {row}.ended_at is null)"
    )


def tied(subject_type: str, column: str, *, but: Iterable[str] = ()) -> str:
    """Whether the one who looks has a tie to the record whose number is in `column`, for another reason than `but`."""
    reasons = ", ".join(f"'{why}'" for why in but)
    return (
        f"exists (select from people_tie t where t.user_id = {VIEWER} and t.subject_type = '{subject_type}'"
        f" and t.subject_id = {column} and {lasting('t')}" + (f" and t.why not in ({reasons}))" if reasons else ")")
    )


def as_row_of(table: str, column: str) -> str:
    """As the row of `table` is seen whose number is in `column`: that table's own rule answers."""
    return f"exists (select from {table} seen where seen.id = {column})"


WITH_CHILD = as_row_of("people_child", "{row}.child_id")
