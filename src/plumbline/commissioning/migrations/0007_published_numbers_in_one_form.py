"""Numbers of published suppliers in the one form in which they are compared: a company's with its leading zeros."""

from typing import Any

from django.db import migrations

from plumbline.kernel.identifiers import in_one_form


def put_in_one_form(apps: Any, schema_editor: Any) -> None:
    """Who waits, and has a number that is known in its full form, is matched by it as the next package would."""
    known = apps.get_model("people", "OrganisationIdentifier").objects
    for row in apps.get_model("commissioning", "OcdsParty").objects.order_by("pk").iterator():
        numbers = in_one_form((each["scheme"], each["id"]) for each in row.identifiers)
        said = [{"scheme": scheme, "id": number} for scheme, number in numbers]
        if said == row.identifiers:
            continue
        row.identifiers = said
        if row.match == "waiting":
            found = {
                known.get(scheme=scheme, value=number).organisation_id
                for scheme, number in numbers
                if known.filter(scheme=scheme, value=number).exists()
            }
            if len(found) == 1:
                row.organisation_id, row.match = found.pop(), "identifier"
        row.save()


class Migration(migrations.Migration):
    dependencies = [("commissioning", "0006_award_approved_on"), ("people", "0005_numbers_stay_in_one_form")]

    operations = [migrations.RunPython(put_in_one_form, migrations.RunPython.noop)]
