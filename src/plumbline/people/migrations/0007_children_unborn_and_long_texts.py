from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('audit', '0002_tables'),
        ('people', '0006_bank_holidays'),
    ]

    operations = [
        # Views over a column that becomes longer are in its way; they are made anew after every migration.
        migrations.RunSQL("drop view if exists fact_child, fact_child_version", migrations.RunSQL.noop),
        migrations.AddField(
            model_name='child',
            name='expected_dob',
            field=models.DateField(null=True),
        ),
        migrations.AlterField(
            model_name='child',
            name='ethnicity',
            field=models.CharField(blank=True, max_length=255),
        ),
        migrations.AlterField(
            model_name='child',
            name='forename',
            field=models.CharField(blank=True, max_length=255),
        ),
        migrations.AlterField(
            model_name='child',
            name='sort_key',
            field=models.CharField(max_length=520),
        ),
        migrations.AlterField(
            model_name='child',
            name='surname',
            field=models.CharField(blank=True, max_length=255),
        ),
        migrations.AlterField(
            model_name='professional',
            name='job_title',
            field=models.CharField(blank=True, max_length=255),
        ),
        migrations.AlterField(
            model_name='professional',
            name='name',
            field=models.CharField(max_length=300),
        ),
        migrations.AlterField(
            model_name='professional',
            name='sort_key',
            field=models.CharField(max_length=300),
        ),
        migrations.AddConstraint(
            model_name='child',
            constraint=models.CheckConstraint(condition=models.Q(('dob__isnull', True), ('expected_dob__isnull', True), _connector='OR'), name='child_born_or_expected'),
        ),
    ]
