from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("contracts", "0001_tables"),
    ]

    operations = [
        migrations.AddField(
            model_name="ratingbyhand",
            name="better",
            field=models.BooleanField(default=False),
        ),
    ]
