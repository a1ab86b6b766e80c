import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('audit', '0001_initial'),
        ('contracts', '0001_initial'),
        ('intake', '0001_initial'),
        ('ofsted', '0001_initial'),
        ('people', '0001_initial'),
        ('people', '__first__'),
    ]

    operations = [
        migrations.CreateModel(
            name='Leave',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('asked', 'Asked for'), ('approved', 'Approved'), ('refused', 'Refused')], max_length=10)),
                ('from_on', models.DateField()),
                ('ends_on', models.DateField()),
            ],
            options={
                'db_table': 'placements_leave',
                'managed': False,
            },
        ),
        migrations.CreateModel(
            name='Stay',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('child_id', models.BigIntegerField()),
                ('started_on', models.DateField()),
                ('ended_on', models.DateField(null=True)),
            ],
            options={
                'db_table': 'placements_stay',
                'managed': False,
            },
        ),
        migrations.CreateModel(
            name='Enquiry',
            fields=[
                ('number', models.BigAutoField(primary_key=True, serialize=False)),
                ('asked_at', models.DateTimeField()),
                ('asked', models.CharField(max_length=200)),
                ('day', models.DateField()),
                ('may', models.BooleanField()),
                ('answer', models.JSONField()),
                ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('setting', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ofsted.setting')),
            ],
        ),
        migrations.CreateModel(
            name='PlacementException',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('grounds', models.CharField(choices=[('court_named', 'A court or tribunal named this setting'), ('emergency_night', 'Emergency at night: approval by the next working day'), ('other', 'Other')], max_length=20)),
                ('reason', models.TextField()),
                ('safeguards', models.TextField()),
                ('childs_wishes', models.TextField(blank=True)),
                ('from_on', models.DateField()),
                ('ends_on', models.DateField()),
                ('state', models.CharField(choices=[('asked', 'Asked for'), ('approved', 'Approved'), ('refused', 'Refused')], default='asked', max_length=10)),
                ('asked_at', models.DateTimeField()),
                ('decided_at', models.DateTimeField(null=True)),
                ('decision_reason', models.TextField(blank=True)),
                ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('child', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='placement_exceptions', to='people.child')),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('setting', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='placement_exceptions', to='ofsted.setting')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('ends_on__gte', models.F('from_on'))), name='placement_exception_days_in_order'), models.CheckConstraint(condition=models.Q(models.Q(('reason', ''), _negated=True), models.Q(('safeguards', ''), _negated=True)), name='placement_exception_has_reasons'), models.CheckConstraint(condition=models.Q(models.Q(('decided_at__isnull', True), ('decided_by__isnull', True), ('state', 'asked')), models.Q(models.Q(('state', 'asked'), _negated=True), ('decided_at__isnull', False), ('decided_by__isnull', False)), _connector='OR'), name='placement_exception_decided_by_and_at'), models.CheckConstraint(condition=models.Q(('decided_by__isnull', True), models.Q(('decided_by', models.F('asked_by')), _negated=True), _connector='OR'), name='placement_exception_not_self_approved')],
            },
        ),
        migrations.CreateModel(
            name='Placement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('source', models.CharField(choices=[('social_care', 'Social care'), ('sen', 'Special educational needs'), ('here', 'Recorded here')], max_length=12)),
                ('source_id', models.CharField(max_length=60)),
                ('urn_wording', models.CharField(blank=True, max_length=60)),
                ('placement_type', models.CharField(blank=True, max_length=255)),
                ('provider_type', models.CharField(blank=True, max_length=255)),
                ('caseworker_wording', models.CharField(blank=True, max_length=60)),
                ('started_on', models.DateField()),
                ('ended_on', models.DateField(null=True)),
                ('began_adverse', models.BooleanField(default=False)),
                ('caseworker', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='placements', to='people.professional')),
                ('child', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='placements', to='people.child')),
                ('setting', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='placements', to='ofsted.setting')),
                ('exception', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='placements', to='placements.placementexception')),
            ],
            options={
                'indexes': [models.Index(fields=['setting', 'ended_on'], name='placement_setting'), models.Index(fields=['started_on', 'id'], name='placement_started')],
                'constraints': [models.UniqueConstraint(fields=('source', 'source_id'), name='placement_source_id_once'), models.CheckConstraint(condition=models.Q(('ended_on__isnull', True), ('ended_on__gte', models.F('started_on')), _connector='OR'), name='placement_days_in_order'), models.CheckConstraint(condition=models.Q(('began_adverse', False), ('exception__isnull', False), models.Q(('source', 'here'), _negated=True), _connector='OR'), name='placement_adverse_only_by_exception_or_import')],
            },
        ),
        migrations.CreateModel(
            name='PlacementOrigin',
            fields=[
                ('missing_since', models.DateField(null=True)),
                ('row', models.OneToOneField(db_column='id', on_delete=django.db.models.deletion.DO_NOTHING, primary_key=True, related_name='origin', serialize=False, to='placements.placement')),
                ('import_run', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='intake.import')),
            ],
            options={
                'abstract': False,
                'indexes': [models.Index(condition=models.Q(('missing_since__isnull', False)), fields=['missing_since'], name='placementorigin_missing')],
            },
        ),
        migrations.CreateModel(
            name='ChildAtIncident',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('concerned', models.BooleanField(null=True)),
                ('because', models.TextField(blank=True)),
                ('answered_at', models.DateTimeField(null=True)),
                ('answered_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('incident', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='children_there', to='contracts.incident')),
                ('placement', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='incidents_there', to='placements.placement')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('incident', 'placement'), name='child_at_incident_once'), models.CheckConstraint(condition=models.Q(models.Q(('answered_at__isnull', True), ('answered_by__isnull', True), ('concerned__isnull', True)), models.Q(('answered_at__isnull', False), ('answered_by__isnull', False), ('concerned__isnull', False)), _connector='OR'), name='child_at_incident_answered_by_and_at')],
            },
        ),
    ]
