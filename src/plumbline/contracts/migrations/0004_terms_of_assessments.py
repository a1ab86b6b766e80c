import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("contracts", "0003_incident_facts_and_policy_offers"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="AssessmentTerm",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("board", "Safeguarding-board assessment"),
                            ("self", "Self-assessment"),
                            ("plan", "Action plan"),
                        ],
                        max_length=6,
                    ),
                ),
                ("months", models.IntegerField()),
                ("from_on", models.DateField()),
                ("because", models.TextField()),
                ("set_at", models.DateTimeField()),
                (
                    "set_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("kind", "from_on"), name="assessment_term_once_a_day"),
                    models.CheckConstraint(
                        condition=models.Q(("months__gte", 1), ("months__lte", 60)),
                        name="assessment_term_of_one_to_sixty_months",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("because", ""), _negated=True), name="assessment_term_with_reason"
                    ),
                ],
            },
        ),
    ]
