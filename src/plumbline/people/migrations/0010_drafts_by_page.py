from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("people", "0009_keys_of_names")]
    operations = [migrations.AddField("draft", "page", models.CharField(default="", max_length=32))]
