from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("contracts", "0005_who_has_when"),
    ]

    operations = [
        migrations.AddField(
            model_name="contract",
            name="review_every",
            field=models.SmallIntegerField(
                choices=[(1, "every month"), (3, "every quarter"), (6, "every six months"), (12, "every year")],
                default=3,
            ),
        ),
        migrations.AddConstraint(
            model_name="contract",
            constraint=models.CheckConstraint(
                condition=models.Q(("review_every__in", [1, 3, 6, 12])), name="contract_reviewed_in_a_rhythm"
            ),
        ),
        migrations.AddField(
            model_name="ratingbyhand",
            name="ended_on",
            field=models.DateField(null=True),
        ),
        migrations.RunSQL(
            """update contracts_ratingbyhand set ended_on = (ended_at at time zone 'Europe/London')::date
               where ended_at is not null""",
            migrations.RunSQL.noop,
        ),
    ]
