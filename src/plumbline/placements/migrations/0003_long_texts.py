from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('placements', '0002_children_at_incidents'),
    ]

    operations = [
        migrations.AlterField(
            model_name='placement',
            name='placement_type',
            field=models.CharField(blank=True, max_length=255),
        ),
        migrations.AlterField(
            model_name='placement',
            name='provider_type',
            field=models.CharField(blank=True, max_length=255),
        ),
    ]
