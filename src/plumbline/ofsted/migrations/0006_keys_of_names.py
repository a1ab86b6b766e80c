"""Keys of names in which letters such as ł and signs such as ’ stood as they were written: as names are folded now."""

from typing import Any

from django.db import migrations

from plumbline.kernel.names import sort_key

TABLES = ("ofsted_setting", "ofsted_owner")


def fold(apps: Any, schema_editor: Any) -> None:
    with schema_editor.connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"select id, sort_key from {table} where sort_key ~ '[^ -~]|`'")
            changed = [(pk, sort_key(key)) for pk, key in cursor.fetchall() if sort_key(key) != key]
            taken: set[str] = set()
            if table in UNIQUE and changed:
                cursor.execute(f"select sort_key from {table} where sort_key = any(%s)", [[key for _, key in changed]])
                taken = {key for (key,) in cursor.fetchall()}
            # Two organisations that are now called alike are left to people to merge.
            rows = [(pk, key) for pk, key in changed if key not in taken]
            if rows:
                cursor.execute(
                    f"update {table} t set sort_key = n.key from unnest(%s::bigint[], %s::text[]) as n(id, key)"
                    " where t.id = n.id",
                    [[pk for pk, _ in rows], [key for _, key in rows]],
                )


UNIQUE = {"ofsted_owner"}


class Migration(migrations.Migration):
    dependencies = [("ofsted", "0005_what_councils_and_the_schools_register_say")]
    operations = [migrations.RunPython(fold, migrations.RunPython.noop)]
