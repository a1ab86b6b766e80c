"""A framework is a kind of tender of its own, and may be awarded to several suppliers."""

from typing import Any

from django.db import migrations, models


def name_frameworks(apps: Any, schema_editor: Any) -> None:
    """A competition from which something is called off was a framework all along."""
    tenders = apps.get_model("commissioning", "Tender").objects
    called_off = tenders.filter(kind="call_off", framework__isnull=False).values("framework")
    tenders.filter(kind="competition", pk__in=called_off).update(kind="framework")


class Migration(migrations.Migration):
    dependencies = [("commissioning", "0008_published_processes_of_our_tenders")]

    operations = [
        migrations.AlterField(
            model_name="tender",
            name="kind",
            field=models.CharField(
                choices=[
                    ("competition", "Competition"),
                    ("framework", "Framework"),
                    ("direct_award", "Direct award"),
                    ("call_off", "Call-off from a framework"),
                ],
                default="competition",
                max_length=12,
            ),
        ),
        migrations.RemoveConstraint(model_name="award", name="award_one_standing_per_tender"),
        migrations.AddConstraint(
            model_name="award",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "cancelled"), _negated=True),
                fields=("bid",),
                name="award_one_standing_per_bid",
            ),
        ),
        migrations.RunPython(name_frameworks, migrations.RunPython.noop),
    ]
