import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('intake', '0001_tables'),
        ('people', '0007_children_unborn_and_long_texts'),
        ('socialcare', '0001_tables'),
    ]

    operations = [
        migrations.AlterField(
            model_name='involvement',
            name='role',
            field=models.CharField(blank=True, max_length=255),
        ),
        migrations.AlterField(
            model_name='involvement',
            name='team',
            field=models.CharField(blank=True, max_length=255),
        ),
        migrations.AlterField(
            model_name='referral',
            name='close_reason',
            field=models.CharField(blank=True, max_length=255),
        ),
        migrations.AlterField(
            model_name='referral',
            name='source_code',
            field=models.CharField(blank=True, max_length=100),
        ),
        migrations.CreateModel(
            name='CareEpisode',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('source_id', models.CharField(max_length=60, unique=True)),
                ('period_of_care', models.CharField(blank=True, max_length=60)),
                ('placement', models.CharField(blank=True, max_length=60)),
                ('missing_since', models.DateField(null=True)),
                ('child', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='care_episodes', to='people.child')),
                ('import_run', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, to='intake.import')),
            ],
            options={
                'indexes': [models.Index(fields=['period_of_care'], name='care_episode_period'), models.Index(fields=['placement'], name='care_episode_placement')],
            },
        ),
    ]
