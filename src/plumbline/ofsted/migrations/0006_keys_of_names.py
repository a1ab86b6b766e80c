"""Keys of names in which letters such as ł and signs such as ’ stood as they were written: as names are folded now."""

from typing import Any

from django.db import migrations

from plumbline.kernel.refolding import refold

# By table: whether two of its rows may not have one key.
UNIQUE = {"ofsted_setting": False, "ofsted_owner": True}


def fold(apps: Any, schema_editor: Any) -> None:
    with schema_editor.connection.cursor() as cursor:
        for table, unique in UNIQUE.items():
            refold(cursor, table, unique=unique)


class Migration(migrations.Migration):
    dependencies = [("ofsted", "0005_what_councils_and_the_schools_register_say")]
    operations = [migrations.RunPython(fold, migrations.RunPython.noop)]
