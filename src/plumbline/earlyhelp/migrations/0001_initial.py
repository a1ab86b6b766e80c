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
            name='Led',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ],
            options={
                'db_table': 'earlyhelp_led',
                'managed': False,
            },
        ),
        migrations.CreateModel(
            name='Tac',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('source_id', models.CharField(max_length=60, unique=True)),
                ('started_on', models.DateField()),
                ('ended_on', models.DateField(null=True)),
                ('reason_wording', models.CharField(blank=True, max_length=300)),
                ('end_wording', models.CharField(blank=True, max_length=300)),
                ('closure_code', models.CharField(blank=True, choices=[('needs_met', 'Needs met'), ('needs_reduced', 'Needs reduced: one service can support'), ('stepped_up', 'Moved into social care'), ('not_engaged', 'Family did not fully engage'), ('consent_withdrawn', 'Family withdrew consent'), ('consent_not_given', 'Consent never given'), ('moved_away', 'Moved out of the area'), ('transferred', 'Continues in another process'), ('aged_out', 'Reached the age at which early help ends'), ('died', 'Child died'), ('error', 'Opened in error'), ('other', 'Other')], max_length=20)),
                ('lead_wording', models.CharField(blank=True, max_length=300)),
                ('worker_wording', models.CharField(blank=True, max_length=60)),
                ('step_down_recorded', models.BooleanField(default=False)),
                ('child', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='tacs', to='people.child')),
                ('lead_organisation', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='tacs_led', to='people.organisation')),
                ('lead_professional', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='tacs_led', to='people.professional')),
            ],
            options={
                'indexes': [models.Index(fields=['started_on', 'id'], name='tac_started'), models.Index(fields=['ended_on', 'id'], name='tac_ended')],
                'constraints': [models.CheckConstraint(condition=models.Q(('ended_on__isnull', True), ('ended_on__gte', models.F('started_on')), _connector='OR'), name='tac_days_in_order'), models.CheckConstraint(condition=models.Q(('ended_on__isnull', False), ('closure_code', ''), _connector='OR'), name='tac_closure_code_only_when_closed'), models.CheckConstraint(condition=models.Q(('closure_code', ''), ('closure_code__in', ['needs_met', 'needs_reduced', 'stepped_up', 'not_engaged', 'consent_withdrawn', 'consent_not_given', 'moved_away', 'transferred', 'aged_out', 'died', 'error', 'other']), _connector='OR'), name='tac_closure_code_known')],
            },
        ),
        migrations.CreateModel(
            name='TacAudit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('source_id', models.CharField(max_length=60, unique=True)),
                ('audited_on', models.DateField()),
                ('auditor_wording', models.CharField(blank=True, max_length=60)),
                ('grade', models.CharField(choices=[('outstanding', 'Outstanding'), ('good', 'Good'), ('requires_improvement', 'Requires improvement'), ('inadequate', 'Inadequate')], max_length=24)),
                ('moderated_grade', models.CharField(blank=True, choices=[('outstanding', 'Outstanding'), ('good', 'Good'), ('requires_improvement', 'Requires improvement'), ('inadequate', 'Inadequate')], max_length=24)),
                ('tac', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='audits', to='earlyhelp.tac')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='TacAuditOrigin',
            fields=[
                ('missing_since', models.DateField(null=True)),
                ('row', models.OneToOneField(db_column='id', on_delete=django.db.models.deletion.DO_NOTHING, primary_key=True, related_name='origin', serialize=False, to='earlyhelp.tacaudit')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='TacOrigin',
            fields=[
                ('missing_since', models.DateField(null=True)),
                ('row', models.OneToOneField(db_column='id', on_delete=django.db.models.deletion.DO_NOTHING, primary_key=True, related_name='origin', serialize=False, to='earlyhelp.tac')),
                ('import_run', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='intake.import')),
            ],
            options={
                'abstract': False,
                'indexes': [models.Index(condition=models.Q(('missing_since__isnull', False)), fields=['missing_since'], name='tacorigin_missing')],
            },
        ),
        migrations.AddField(
            model_name='tacauditorigin',
            name='import_run',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='intake.import'),
        ),
        migrations.AddIndex(
            model_name='tacauditorigin',
            index=models.Index(condition=models.Q(('missing_since__isnull', False)), fields=['missing_since'], name='tacauditorigin_missing'),
        ),
    ]
