"""Numbers of organisations in the one form in which they are compared: a company's with its leading zeros."""

from typing import Any

from django.db import migrations, models
from django.db.models.functions import Upper

from plumbline.kernel.identifiers import one_form, scheme_of


def put_in_one_form(apps: Any, schema_editor: Any) -> None:
    """A number that is there already in its full form stays with who has it; the other is taken away."""
    kept = apps.get_model("people", "OrganisationIdentifier").objects
    for row in kept.order_by("pk"):
        scheme, value = scheme_of(row.scheme), one_form(row.scheme, row.value)
        if (scheme, value) == (row.scheme, row.value):
            continue
        if not value or kept.filter(scheme=scheme, value=value).exists():
            row.delete()
        else:
            row.scheme, row.value = scheme, value
            row.save()


class Migration(migrations.Migration):
    dependencies = [("people", "0003_drafts_of_any_page")]

    operations = [
        migrations.RunPython(put_in_one_form, migrations.RunPython.noop),
    ]
