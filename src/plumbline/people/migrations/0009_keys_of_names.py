"""Keys of names in which letters such as ł and signs such as ’ stood as they were written: as names are folded now."""

from typing import Any

from django.db import migrations

from plumbline.kernel.refolding import refold

# By table: whether two of its rows may not have one key.
UNIQUE = {
    "people_child": False,
    "people_professional": False,
    "people_organisation": True,
    "people_organisationname": True,
}


def fold(apps: Any, schema_editor: Any) -> None:
    with schema_editor.connection.cursor() as cursor:
        for table, unique in UNIQUE.items():
            refold(cursor, table, unique=unique)


class Migration(migrations.Migration):
    dependencies = [("people", "0008_roles_asked_attempts_one_worker_one_user")]
    operations = [migrations.RunPython(fold, migrations.RunPython.noop)]
