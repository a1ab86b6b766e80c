import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('audit', '0001_initial'),
        ('intake', '0001_initial'),
        ('people', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Allocation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('team', models.CharField(max_length=255)),
                ('from_on', models.DateField()),
                ('to_on', models.DateField(null=True)),
            ],
            options={
                'db_table': 'socialcare_allocation',
                'managed': False,
            },
        ),
        migrations.CreateModel(
            name='CareEpisode',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('source_id', models.CharField(max_length=60, unique=True)),
                ('period_of_care', models.CharField(blank=True, max_length=60)),
                ('placement', models.CharField(blank=True, max_length=60)),
                ('child', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='care_episodes', to='people.child')),
            ],
            options={
                'indexes': [models.Index(fields=['period_of_care'], name='care_episode_period'), models.Index(fields=['placement'], name='care_episode_placement')],
            },
        ),
        migrations.CreateModel(
            name='Involvement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('source_id', models.CharField(max_length=60, unique=True)),
                ('professional_wording', models.CharField(max_length=60)),
                ('role', models.CharField(blank=True, max_length=255)),
                ('team', models.CharField(blank=True, max_length=255)),
                ('from_on', models.DateField()),
                ('to_on', models.DateField(null=True)),
                ('child', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='involvements', to='people.child')),
                ('professional', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='involvements', to='people.professional')),
            ],
            options={
                'indexes': [models.Index(fields=['professional'], name='involvement_professional')],
                'constraints': [models.CheckConstraint(condition=models.Q(('to_on__isnull', True), ('to_on__gte', models.F('from_on')), _connector='OR'), name='involvement_days_in_order')],
            },
        ),
        migrations.CreateModel(
            name='Referral',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('source_id', models.CharField(max_length=60, unique=True)),
                ('referred_on', models.DateField()),
                ('source_code', models.CharField(blank=True, max_length=100)),
                ('nfa', models.BooleanField(null=True)),
                ('closed_on', models.DateField(null=True)),
                ('close_reason', models.CharField(blank=True, max_length=255)),
                ('worker_wording', models.CharField(blank=True, max_length=60)),
                ('child', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='referrals', to='people.child')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('closed_on__isnull', True), ('closed_on__gte', models.F('referred_on')), _connector='OR'), name='referral_days_in_order')],
            },
        ),
        migrations.CreateModel(
            name='InvolvementOrigin',
            fields=[
                ('missing_since', models.DateField(null=True)),
                ('row', models.OneToOneField(db_column='id', on_delete=django.db.models.deletion.DO_NOTHING, primary_key=True, related_name='origin', serialize=False, to='socialcare.involvement')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='ReferralOrigin',
            fields=[
                ('missing_since', models.DateField(null=True)),
                ('row', models.OneToOneField(db_column='id', on_delete=django.db.models.deletion.DO_NOTHING, primary_key=True, related_name='origin', serialize=False, to='socialcare.referral')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='CareEpisodeOrigin',
            fields=[
                ('missing_since', models.DateField(null=True)),
                ('row', models.OneToOneField(db_column='id', on_delete=django.db.models.deletion.DO_NOTHING, primary_key=True, related_name='origin', serialize=False, to='socialcare.careepisode')),
                ('import_run', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='intake.import')),
            ],
            options={
                'abstract': False,
                'indexes': [models.Index(condition=models.Q(('missing_since__isnull', False)), fields=['missing_since'], name='careepisodeorigin_missing')],
            },
        ),
        migrations.AddField(
            model_name='involvementorigin',
            name='import_run',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='intake.import'),
        ),
        migrations.AddField(
            model_name='referralorigin',
            name='import_run',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='intake.import'),
        ),
        migrations.AddIndex(
            model_name='involvementorigin',
            index=models.Index(condition=models.Q(('missing_since__isnull', False)), fields=['missing_since'], name='involvementorigin_missing'),
        ),
        migrations.AddIndex(
            model_name='referralorigin',
            index=models.Index(condition=models.Q(('missing_since__isnull', False)), fields=['missing_since'], name='referralorigin_missing'),
        ),
    ]
