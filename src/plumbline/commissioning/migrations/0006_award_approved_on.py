"""The day of an approval, so that neither notice nor award can be dated before it."""

from django.db import migrations, models
from django.db.models import F, Q

# Of what was approved before this: the day on which it was recorded, or the earliest day that was given since.
FILL = """
update commissioning_award set approved_on =
    least((approved_at at time zone 'Europe/London')::date, notice_on, awarded_on)
where approved_at is not null
"""


class Migration(migrations.Migration):
    dependencies = [("commissioning", "0005_who_has_when")]

    operations = [
        migrations.AddField(model_name="award", name="approved_on", field=models.DateField(null=True)),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name="award",
            constraint=models.CheckConstraint(
                name="award_nothing_before_its_approval",
                condition=Q(approved_on__isnull=True)
                | (
                    (Q(notice_on__isnull=True) | Q(notice_on__gte=F("approved_on")))
                    & (Q(awarded_on__isnull=True) | Q(awarded_on__gte=F("approved_on")))
                ),
            ),
        ),
    ]
