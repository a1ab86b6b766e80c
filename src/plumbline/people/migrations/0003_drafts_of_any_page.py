from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("people", "0002_identifiers_merges_drafts")]

    operations = [
        migrations.AlterField(
            model_name="draft",
            name="subject",
            field=models.CharField(max_length=300),
        ),
    ]
