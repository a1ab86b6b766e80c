"""Keys of names that an older folding wrote, brought to `names.sort_key` as it is now. For migrations."""

from typing import Any

from plumbline.kernel.names import sort_key


def refold(cursor: Any, table: str, *, unique: bool) -> None:
    """Fold the kept keys of a table again. `unique`: two rows that are now called alike keep the keys they had, all but
    the one that has the new key or comes first, and are left to people to merge."""
    # A key folded as now holds no letter that names.LETTERS knows, so what is plain already stays.
    cursor.execute(f"select id, sort_key from {table} where sort_key ~ '[^ -~]|`' order by id")
    changed = [(pk, sort_key(key)) for pk, key in cursor.fetchall() if sort_key(key) != key]
    taken: set[str] = set()
    if unique:
        cursor.execute(f"select sort_key from {table} where sort_key = any(%s)", [[key for _, key in changed]])
        taken = {key for (key,) in cursor.fetchall()}
    rows = []
    for pk, key in changed:
        if key not in taken:
            rows.append((pk, key))
            if unique:
                taken.add(key)
    cursor.execute(
        f"update {table} t set sort_key = n.key from unnest(%s::bigint[], %s::text[]) as n(id, key) where t.id = n.id",
        [[pk for pk, _ in rows], [key for _, key in rows]],
    )
