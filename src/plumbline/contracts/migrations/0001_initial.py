import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        # Its extensions.
        ('audit', '0001_initial'),
        ('actions', '0001_initial'),
        ('commissioning', '0001_initial'),
        ('evidence', '0001_initial'),
        ('flags', '0001_initial'),
        ('intake', '0001_initial'),
        ('ofsted', '0001_initial'),
        ('people', '0001_initial'),
        ('toolkits', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Contract',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reference', models.CharField(max_length=60, unique=True)),
                ('title', models.CharField(max_length=300)),
                ('kind', models.CharField(choices=[('block', 'Block contract'), ('framework', 'Framework'), ('call_off', 'Call-off'), ('spot', 'Individual placement agreement')], max_length=10)),
                ('service', models.CharField(max_length=200)),
                ('manager_wording', models.CharField(blank=True, max_length=200)),
                ('area_lead_wording', models.CharField(blank=True, max_length=200)),
                ('starts_on', models.DateField()),
                ('ends_on', models.DateField(null=True)),
                ('value', models.DecimalField(decimal_places=2, max_digits=14, null=True)),
                ('statutory_from', models.DateField(null=True)),
                ('visit_required', models.BooleanField(default=False)),
                ('review_every', models.SmallIntegerField(choices=[(1, 'every month'), (3, 'every quarter'), (6, 'every six months'), (12, 'every year')], default=3)),
                ('state', models.CharField(choices=[('implementation', 'In implementation'), ('live', 'Live'), ('ended', 'Ended')], default='live', max_length=14)),
                ('live_on', models.DateField(null=True)),
                ('live_before', models.BooleanField(default=False)),
                ('ended_because', models.TextField(blank=True)),
                ('area_lead', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='contracts_of_service', to=settings.AUTH_USER_MODEL)),
                ('award', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='contract', to='commissioning.award')),
                ('child', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='agreements', to='people.child')),
                ('framework', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='call_offs', to='contracts.contract')),
                ('manager', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='contracts_managed', to=settings.AUTH_USER_MODEL)),
                ('ocds_contract', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='registered', to='commissioning.ocdscontract')),
                ('plan', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='contract', to='commissioning.implementationplan')),
                ('provider', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='contracts', to='people.organisation')),
            ],
        ),
        migrations.CreateModel(
            name='Evaluation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('planned', 'Planned'), ('held', 'Held'), ('cancelled', 'Cancelled')], default='held', max_length=10)),
                ('held_on', models.DateField()),
                ('service_area_present', models.BooleanField(null=True)),
                ('chair', models.CharField(blank=True, max_length=200)),
                ('minutes', models.TextField(blank=True)),
                ('safeguarding', models.JSONField(default=dict)),
                ('next_on', models.DateField(null=True)),
                ('cancelled_because', models.TextField(blank=True)),
                ('recorded_at', models.DateTimeField(null=True)),
                ('answer_set', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='toolkits.return')),
                ('contract', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='evaluations', to='contracts.contract')),
                ('minutes_document', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='evidence.document')),
                ('recorded_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='PolicyReview',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('policy', models.CharField(choices=[('safer_recruitment', 'Safer recruitment'), ('safeguarding', 'Safeguarding'), ('dbs', 'Disclosure and barring checks'), ('whistleblowing', 'Whistleblowing'), ('complaints', 'Complaints'), ('anti_bullying', 'Anti-bullying')], max_length=20)),
                ('reviewed_on', models.DateField()),
                ('recorded_at', models.DateTimeField(null=True)),
                ('answer_set', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='toolkits.return')),
                ('contract', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='policy_reviews', to='contracts.contract')),
                ('document', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='evidence.document')),
                ('recorded_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='Visit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('planned', 'Planned'), ('held', 'Held'), ('report_sent', 'Report sent'), ('answered', 'Answered by the provider'), ('signed_off', 'Signed off'), ('cancelled', 'Cancelled')], default='held', max_length=12)),
                ('visited_on', models.DateField()),
                ('by_council', models.CharField(blank=True, max_length=200)),
                ('accepted_because', models.TextField(blank=True)),
                ('visitors', models.CharField(blank=True, max_length=300)),
                ('summary', models.TextField(blank=True)),
                ('report_sent_on', models.DateField(null=True)),
                ('provider_answer', models.TextField(blank=True)),
                ('provider_answered_at', models.DateTimeField(null=True)),
                ('signed_off_at', models.DateTimeField(null=True)),
                ('cancelled_because', models.TextField(blank=True)),
                ('recorded_at', models.DateTimeField(null=True)),
                ('answer_set', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='toolkits.return')),
                ('contract', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='visits', to='contracts.contract')),
                ('provider_answered_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('recorded_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('report', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='evidence.document')),
                ('setting', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='visits', to='ofsted.setting')),
                ('signed_off_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='Commitment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.TextField()),
                ('source', models.CharField(max_length=200)),
                ('due_on', models.DateField(null=True)),
                ('ended_on', models.DateField(null=True)),
                ('contract', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='commitments', to='contracts.contract')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Assessment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('board', 'Safeguarding-board assessment'), ('self', 'Self-assessment'), ('plan', 'Action plan')], max_length=6)),
                ('completed_on', models.DateField()),
                ('valid_until', models.DateField()),
                ('instrument', models.CharField(blank=True, max_length=120)),
                ('recorded_at', models.DateTimeField(null=True)),
                ('answer_set', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='toolkits.return')),
                ('document', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='evidence.document')),
                ('recorded_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('contract', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='assessments', to='contracts.contract')),
            ],
        ),
        migrations.CreateModel(
            name='Arrangement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.TextField()),
                ('agreed_on', models.DateField()),
                ('agreed_by', models.CharField(max_length=200)),
                ('agreed_with', models.CharField(max_length=200)),
                ('ended_on', models.DateField(null=True)),
                ('recorded_at', models.DateTimeField()),
                ('recorded_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('contract', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='arrangements', to='contracts.contract')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='ContractReturn',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('purpose', models.CharField(choices=[('self_assessment', 'Self-assessment'), ('board_assessment', 'Safeguarding-board assessment'), ('assurance', 'Annual assurance'), ('evaluation', 'Quarterly evaluation')], max_length=20)),
                ('answer_set', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='for_contract', to='toolkits.return')),
                ('contract', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='returns', to='contracts.contract')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='ContractSetting',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('urn', models.CharField(max_length=20)),
                ('contract', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='settings', to='contracts.contract')),
                ('setting', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='contracts', to='ofsted.setting')),
            ],
        ),
        migrations.CreateModel(
            name='EvaluationOrigin',
            fields=[
                ('missing_since', models.DateField(null=True)),
                ('row', models.OneToOneField(db_column='id', on_delete=django.db.models.deletion.DO_NOTHING, primary_key=True, related_name='origin', serialize=False, to='contracts.evaluation')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='CommitmentCheck',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('result', models.CharField(choices=[('met', 'Met'), ('partly', 'Partly met'), ('not_met', 'Not met'), ('not_seen', 'Not looked at')], max_length=10)),
                ('note', models.TextField(blank=True)),
                ('commitment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='checks', to='contracts.commitment')),
                ('evaluation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='commitment_checks', to='contracts.evaluation')),
            ],
        ),
        migrations.CreateModel(
            name='EvaluationAttendee',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=200)),
                ('organisation', models.CharField(blank=True, max_length=200)),
                ('role', models.CharField(blank=True, max_length=200)),
                ('service_area', models.BooleanField(default=False)),
                ('evaluation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='attendees', to='contracts.evaluation')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='EvaluationCase',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reference', models.CharField(max_length=60)),
                ('summary', models.TextField()),
                ('resolved_on', models.DateField(null=True)),
                ('resolution', models.TextField(blank=True)),
                ('child', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.child')),
                ('evaluation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='cases', to='contracts.evaluation')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='GoLive',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('decided_at', models.DateTimeField()),
                ('on', models.DateField()),
                ('open_items', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=300), default=list, size=None)),
                ('override_because', models.TextField(blank=True)),
                ('contract', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='go_live', to='contracts.contract')),
                ('decided_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='HomeReport',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('reg44', 'Regulation 44: independent visitor, monthly'), ('reg45', 'Regulation 45: review of the quality of care, six-monthly')], max_length=6)),
                ('period_from', models.DateField()),
                ('received_on', models.DateField()),
                ('recorded_at', models.DateTimeField()),
                ('read_at', models.DateTimeField(null=True)),
                ('concern', models.TextField(blank=True)),
                ('document', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='evidence.document')),
                ('read_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('recorded_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('setting', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='home_reports', to='ofsted.setting')),
            ],
        ),
        migrations.CreateModel(
            name='Incident',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reference', models.CharField(max_length=30, unique=True)),
                ('type', models.CharField(choices=[('death', 'Death of a child'), ('serious_injury', 'Serious injury'), ('serious_illness', 'Serious illness'), ('cse', 'Sexual exploitation'), ('cce', 'Criminal exploitation'), ('missing', 'Missing'), ('self_harm', 'Self-harm'), ('assault', 'Assault'), ('restraint', 'Restraint'), ('alleged_offence', 'Alleged offence by a child'), ('police_called', 'Police called'), ('allegation_staff', 'Allegation against staff'), ('dbs_referral', 'Referral of staff to the Disclosure and Barring Service'), ('cp_enquiry_opened', 'Child protection enquiry begun'), ('cp_enquiry_closed', 'Child protection enquiry concluded'), ('fire_premises', 'Fire or premises'), ('medication_error', 'Medication error'), ('data_breach', 'Data breach'), ('near_miss', 'Near miss'), ('other_serious', 'Other serious incident')], max_length=20)),
                ('occurred_at', models.DateTimeField()),
                ('known_at', models.DateTimeField(null=True)),
                ('reported_at', models.DateTimeField()),
                ('summary', models.TextField()),
                ('narrative', models.TextField(blank=True)),
                ('staff_involved', models.TextField(blank=True)),
                ('immediate_action', models.TextField(blank=True)),
                ('children_count', models.IntegerField(default=0)),
                ('strategy_discussion', models.BooleanField(null=True)),
                ('police_reference', models.CharField(blank=True, max_length=60)),
                ('lado_reference', models.CharField(blank=True, max_length=60)),
                ('service_centre_reference', models.CharField(blank=True, max_length=60)),
                ('placing_authority', models.CharField(blank=True, max_length=200)),
                ('outcome', models.CharField(blank=True, max_length=20)),
                ('council_notifiable', models.BooleanField(default=False)),
                ('council_learnt_on', models.DateField(null=True)),
                ('state', models.CharField(choices=[('open', 'Open'), ('review', 'Actions done, under review'), ('closed', 'Closed'), ('aside', 'Set aside')], default='open', max_length=8)),
                ('lessons', models.TextField(blank=True)),
                ('closed_at', models.DateTimeField(null=True)),
                ('aside_because', models.TextField(blank=True)),
                ('aside_at', models.DateTimeField(null=True)),
                ('aside_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('closed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('contract', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='incidents', to='contracts.contract')),
                ('reported_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('same_as', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='same', to='contracts.incident')),
                ('setting', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='incidents', to='ofsted.setting')),
            ],
        ),
        migrations.CreateModel(
            name='HeldText',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('subject_type', models.CharField(max_length=60)),
                ('subject_id', models.BigIntegerField()),
                ('field', models.CharField(max_length=40)),
                ('text', models.TextField()),
                ('written_at', models.DateTimeField()),
                ('settled_at', models.DateTimeField(null=True)),
                ('case', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='held_texts', to='contracts.evaluationcase')),
                ('child', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='people.child')),
                ('settled_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('written_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('incident', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='held_texts', to='contracts.incident')),
            ],
        ),
        migrations.CreateModel(
            name='IncidentChild',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('child', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='incidents', to='people.child')),
                ('incident', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='children', to='contracts.incident')),
            ],
        ),
        migrations.CreateModel(
            name='IncidentForm',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.IntegerField()),
                ('steps', models.JSONField()),
                ('made_at', models.DateTimeField()),
                ('manager_agreed_at', models.DateTimeField(null=True)),
                ('area_agreed_at', models.DateTimeField(null=True)),
                ('provider_agreed_at', models.DateTimeField(null=True)),
                ('area_agreed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('contract', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='incident_forms', to='contracts.contract')),
                ('made_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('manager_agreed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('provider_agreed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.AddField(
            model_name='incident',
            name='form',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='incidents', to='contracts.incidentform'),
        ),
        migrations.CreateModel(
            name='IncidentNews',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
                ('text', models.TextField()),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('incident', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='news', to='contracts.incident')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Kpi',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', models.CharField(max_length=300)),
                ('target', models.CharField(max_length=200)),
                ('ended_on', models.DateField(null=True)),
                ('contract', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='kpis', to='contracts.contract')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='KpiReading',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('quarter_from', models.DateField()),
                ('value', models.CharField(max_length=200)),
                ('rating', models.CharField(choices=[('good', 'Good'), ('approaching', 'Approaching target'), ('requires_improvement', 'Requires improvement'), ('inadequate', 'Inadequate'), ('other', 'Other')], max_length=24)),
                ('note', models.TextField(blank=True)),
                ('recorded_at', models.DateTimeField()),
                ('evaluation', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='kpi_readings', to='contracts.evaluation')),
                ('kpi', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='readings', to='contracts.kpi')),
                ('recorded_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='Notification',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('recipient', models.CharField(max_length=40)),
                ('legal_basis', models.CharField(max_length=300)),
                ('duty', models.CharField(choices=[('provider', 'The provider'), ('council', 'The council')], max_length=8)),
                ('due_at', models.DateTimeField()),
                ('sent_at', models.DateTimeField(null=True)),
                ('channel', models.CharField(blank=True, max_length=60)),
                ('received_at', models.DateTimeField(null=True)),
                ('received_by', models.CharField(blank=True, max_length=200)),
                ('escalated_at', models.DateTimeField(null=True)),
                ('not_needed_because', models.TextField(blank=True)),
                ('aside', models.BooleanField(default=False)),
                ('incident', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='notifications', to='contracts.incident')),
                ('mail', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='flags.message')),
                ('sent_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='NewsSent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('due_at', models.DateTimeField()),
                ('sent_at', models.DateTimeField(null=True)),
                ('channel', models.CharField(blank=True, max_length=60)),
                ('news', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='sent', to='contracts.incidentnews')),
                ('sent_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('notification', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='news_sent', to='contracts.notification')),
            ],
        ),
        migrations.CreateModel(
            name='PersonWording',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('wording', models.CharField(max_length=200)),
                ('mapped_at', models.DateTimeField()),
                ('mapped_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='wordings_in_contracts', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='PolicyReviewOrigin',
            fields=[
                ('missing_since', models.DateField(null=True)),
                ('row', models.OneToOneField(db_column='id', on_delete=django.db.models.deletion.DO_NOTHING, primary_key=True, related_name='origin', serialize=False, to='contracts.policyreview')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='PolicyOffer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('policy', models.CharField(choices=[('safer_recruitment', 'Safer recruitment'), ('safeguarding', 'Safeguarding'), ('dbs', 'Disclosure and barring checks'), ('whistleblowing', 'Whistleblowing'), ('complaints', 'Complaints'), ('anti_bullying', 'Anti-bullying')], max_length=20)),
                ('reviewed_on', models.DateField()),
                ('offered_at', models.DateTimeField()),
                ('accepted', models.BooleanField(null=True)),
                ('decided_at', models.DateTimeField(null=True)),
                ('refused_because', models.TextField(blank=True)),
                ('contract', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='policy_offers', to='contracts.contract')),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('document', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='evidence.document')),
                ('offered_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('review', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='offers', to='contracts.policyreview')),
            ],
        ),
        migrations.CreateModel(
            name='RatingByHand',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('colour', models.CharField(choices=[('red', 'Red'), ('amber', 'Amber'), ('green', 'Green')], max_length=5)),
                ('better', models.BooleanField(default=False)),
                ('because', models.TextField()),
                ('from_on', models.DateField()),
                ('until_on', models.DateField()),
                ('set_at', models.DateTimeField()),
                ('ended_on', models.DateField(null=True)),
                ('ended_at', models.DateTimeField(null=True)),
                ('ended_because', models.TextField(blank=True)),
                ('contract', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='ratings_by_hand', to='contracts.contract')),
                ('set_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='RatingPeriod',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('colour', models.CharField(choices=[('red', 'Red'), ('amber', 'Amber'), ('green', 'Green')], max_length=5)),
                ('rules_colour', models.CharField(choices=[('red', 'Red'), ('amber', 'Amber'), ('green', 'Green')], max_length=5)),
                ('from_on', models.DateField()),
                ('to_on', models.DateField(null=True)),
                ('rule_version', models.CharField(max_length=20)),
                ('contract', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='rating_periods', to='contracts.contract')),
            ],
        ),
        migrations.CreateModel(
            name='ReasonPeriod',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=40)),
                ('about', models.CharField(blank=True, max_length=60)),
                ('colour', models.CharField(choices=[('red', 'Red'), ('amber', 'Amber'), ('green', 'Green')], max_length=5)),
                ('from_on', models.DateField()),
                ('to_on', models.DateField(null=True)),
                ('detail', models.CharField(blank=True, max_length=300)),
                ('rule_version', models.CharField(max_length=20)),
                ('contract', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='reason_periods', to='contracts.contract')),
            ],
        ),
        migrations.CreateModel(
            name='ReportingContact',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('recipient', models.CharField(max_length=40)),
                ('phone', models.CharField(blank=True, max_length=60)),
                ('email', models.EmailField(blank=True, max_length=254)),
                ('form_url', models.URLField(blank=True, max_length=500)),
                ('hours', models.CharField(blank=True, max_length=200)),
                ('changed_at', models.DateTimeField()),
                ('changed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('contract', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='reporting_contacts', to='contracts.contract')),
            ],
        ),
        migrations.CreateModel(
            name='StepTaken',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('place', models.IntegerField()),
                ('taken_at', models.DateTimeField()),
                ('undone_at', models.DateTimeField(null=True)),
                ('incident', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='steps_taken', to='contracts.incident')),
                ('taken_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('undone_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='TeamDecision',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=40)),
                ('about', models.CharField(blank=True, max_length=60)),
                ('decision', models.TextField()),
                ('decided_on', models.DateField()),
                ('decided_at', models.DateTimeField()),
                ('by_when', models.DateField()),
                ('action', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='actions.action')),
                ('contract', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='decisions', to='contracts.contract')),
                ('decided_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='VisitOrigin',
            fields=[
                ('missing_since', models.DateField(null=True)),
                ('row', models.OneToOneField(db_column='id', on_delete=django.db.models.deletion.DO_NOTHING, primary_key=True, related_name='origin', serialize=False, to='contracts.visit')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='VisitFinding',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('area', models.CharField(max_length=60)),
                ('judgement', models.CharField(choices=[('met', 'Met'), ('partly', 'Partly met'), ('not_met', 'Not met'), ('not_seen', 'Not seen')], max_length=10)),
                ('finding', models.TextField(blank=True)),
                ('visit', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='findings', to='contracts.visit')),
            ],
        ),
        migrations.CreateModel(
            name='AssessmentOrigin',
            fields=[
                ('missing_since', models.DateField(null=True)),
                ('row', models.OneToOneField(db_column='id', on_delete=django.db.models.deletion.DO_NOTHING, primary_key=True, related_name='origin', serialize=False, to='contracts.assessment')),
                ('import_run', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='intake.import')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='AssessmentTerm',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('board', 'Safeguarding-board assessment'), ('self', 'Self-assessment'), ('plan', 'Action plan')], max_length=6)),
                ('months', models.IntegerField()),
                ('from_on', models.DateField()),
                ('because', models.TextField()),
                ('set_at', models.DateTimeField()),
                ('set_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('kind', 'from_on'), name='assessment_term_once_a_day'), models.CheckConstraint(condition=models.Q(('months__gte', 1), ('months__lte', 60)), name='assessment_term_of_one_to_sixty_months'), models.CheckConstraint(condition=models.Q(('because', ''), _negated=True), name='assessment_term_with_reason')],
            },
        ),
        migrations.CreateModel(
            name='ContractOrigin',
            fields=[
                ('missing_since', models.DateField(null=True)),
                ('row', models.OneToOneField(db_column='id', on_delete=django.db.models.deletion.DO_NOTHING, primary_key=True, related_name='origin', serialize=False, to='contracts.contract')),
                ('import_run', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='intake.import')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.AddIndex(
            model_name='contract',
            index=models.Index(fields=['starts_on', 'id'], name='contract_started'),
        ),
        migrations.AddIndex(
            model_name='contract',
            index=models.Index(fields=['provider', 'id'], name='contract_provider'),
        ),
        migrations.AddConstraint(
            model_name='contract',
            constraint=models.CheckConstraint(condition=models.Q(('ends_on__isnull', True), ('ends_on__gte', models.F('starts_on')), _connector='OR'), name='contract_days_in_order'),
        ),
        migrations.AddConstraint(
            model_name='contract',
            constraint=models.CheckConstraint(condition=models.Q(('child__isnull', True), ('kind', 'spot'), _connector='OR'), name='contract_child_only_of_an_agreement'),
        ),
        migrations.AddConstraint(
            model_name='contract',
            constraint=models.CheckConstraint(condition=models.Q(('review_every__in', [1, 3, 6, 12])), name='contract_reviewed_in_a_rhythm'),
        ),
        migrations.AddConstraint(
            model_name='assessment',
            constraint=models.CheckConstraint(condition=models.Q(('recorded_by__isnull', True), ('recorded_at__isnull', False), _connector='OR'), name='assessment_who_has_when'),
        ),
        migrations.AddConstraint(
            model_name='assessment',
            constraint=models.UniqueConstraint(fields=('contract', 'kind', 'completed_on'), name='assessment_once'),
        ),
        migrations.AddConstraint(
            model_name='assessment',
            constraint=models.CheckConstraint(condition=models.Q(('valid_until__gte', models.F('completed_on'))), name='assessment_days_in_order'),
        ),
        migrations.AddConstraint(
            model_name='contractsetting',
            constraint=models.UniqueConstraint(fields=('contract', 'setting'), name='contract_setting_once'),
        ),
        migrations.AddField(
            model_name='evaluationorigin',
            name='import_run',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='intake.import'),
        ),
        migrations.AddConstraint(
            model_name='evaluation',
            constraint=models.CheckConstraint(condition=models.Q(('recorded_by__isnull', True), ('recorded_at__isnull', False), _connector='OR'), name='evaluation_who_has_when'),
        ),
        migrations.AddConstraint(
            model_name='evaluation',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'cancelled'), _negated=True), fields=('contract', 'held_on'), name='evaluation_once_a_day'),
        ),
        migrations.AddConstraint(
            model_name='commitmentcheck',
            constraint=models.UniqueConstraint(fields=('evaluation', 'commitment'), name='commitment_check_once'),
        ),
        migrations.AddConstraint(
            model_name='golive',
            constraint=models.CheckConstraint(condition=models.Q(('open_items', []), models.Q(('override_because', ''), _negated=True), _connector='OR'), name='go_live_with_open_items_only_by_override'),
        ),
        migrations.AddConstraint(
            model_name='homereport',
            constraint=models.UniqueConstraint(fields=('setting', 'kind', 'period_from'), name='home_report_once'),
        ),
        migrations.AddConstraint(
            model_name='homereport',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('read_at__isnull', True), ('read_by__isnull', True)), models.Q(('read_at__isnull', False), ('read_by__isnull', False)), _connector='OR'), name='home_report_read_by_and_at'),
        ),
        migrations.AddConstraint(
            model_name='heldtext',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('case__isnull', False), ('incident__isnull', True)), models.Q(('case__isnull', True), ('incident__isnull', False)), _connector='OR'), name='held_text_of_one'),
        ),
        migrations.AddConstraint(
            model_name='heldtext',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('settled_at__isnull', True), ('settled_by__isnull', True)), models.Q(('settled_at__isnull', False), ('settled_by__isnull', False)), _connector='OR'), name='held_text_settled_by_at'),
        ),
        migrations.AddConstraint(
            model_name='incidentchild',
            constraint=models.UniqueConstraint(fields=('incident', 'child'), name='incident_child_once'),
        ),
        migrations.AddConstraint(
            model_name='incidentform',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('manager_agreed_by__isnull', True), ('manager_agreed_at__isnull', False), _connector='OR'), models.Q(('area_agreed_by__isnull', True), ('area_agreed_at__isnull', False), _connector='OR'), models.Q(('provider_agreed_by__isnull', True), ('provider_agreed_at__isnull', False), _connector='OR')), name='incident_form_who_has_when'),
        ),
        migrations.AddConstraint(
            model_name='incidentform',
            constraint=models.UniqueConstraint(fields=('contract', 'number'), name='incident_form_once'),
        ),
        migrations.AddIndex(
            model_name='incident',
            index=models.Index(fields=['contract', '-occurred_at'], name='incident_contract'),
        ),
        migrations.AddConstraint(
            model_name='incident',
            constraint=models.CheckConstraint(condition=models.Q(('closed_by__isnull', True), ('closed_at__isnull', False), _connector='OR'), name='incident_who_has_when'),
        ),
        migrations.AddConstraint(
            model_name='incident',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('aside_at__isnull', False), ('state', 'aside'), models.Q(('aside_because', ''), _negated=True)), models.Q(models.Q(('state', 'aside'), _negated=True), ('aside_at__isnull', True), ('aside_because', ''), ('aside_by__isnull', True), ('same_as__isnull', True)), _connector='OR'), name='incident_aside_with_reason'),
        ),
        migrations.AddConstraint(
            model_name='incident',
            constraint=models.CheckConstraint(condition=models.Q(('same_as', models.F('pk')), _negated=True), name='incident_not_the_same_as_itself'),
        ),
        migrations.AddConstraint(
            model_name='incident',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'closed'), _negated=True), models.Q(models.Q(('lessons', ''), _negated=True), ('closed_at__isnull', False)), _connector='OR'), name='incident_closed_with_lessons'),
        ),
        migrations.AddConstraint(
            model_name='kpireading',
            constraint=models.UniqueConstraint(fields=('kpi', 'quarter_from'), name='kpi_reading_once_a_quarter'),
        ),
        migrations.AddIndex(
            model_name='notification',
            index=models.Index(condition=models.Q(('aside', False), ('not_needed_because', ''), ('sent_at__isnull', True)), fields=['due_at'], name='notification_unsent'),
        ),
        migrations.AddConstraint(
            model_name='notification',
            constraint=models.CheckConstraint(condition=models.Q(('sent_by__isnull', True), ('sent_at__isnull', False), _connector='OR'), name='notification_who_has_when'),
        ),
        migrations.AddConstraint(
            model_name='notification',
            constraint=models.UniqueConstraint(fields=('incident', 'recipient'), name='notification_once'),
        ),
        migrations.AddConstraint(
            model_name='newssent',
            constraint=models.CheckConstraint(condition=models.Q(('sent_by__isnull', True), ('sent_at__isnull', False), _connector='OR'), name='news_sent_who_has_when'),
        ),
        migrations.AddConstraint(
            model_name='newssent',
            constraint=models.UniqueConstraint(fields=('news', 'notification'), name='news_sent_once'),
        ),
        migrations.AddConstraint(
            model_name='personwording',
            constraint=models.UniqueConstraint(django.db.models.functions.text.Lower('wording'), name='person_wording_once'),
        ),
        migrations.AddField(
            model_name='policyrevieworigin',
            name='import_run',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='intake.import'),
        ),
        migrations.AddConstraint(
            model_name='policyreview',
            constraint=models.CheckConstraint(condition=models.Q(('recorded_by__isnull', True), ('recorded_at__isnull', False), _connector='OR'), name='policy_review_who_has_when'),
        ),
        migrations.AddConstraint(
            model_name='policyreview',
            constraint=models.UniqueConstraint(fields=('contract', 'policy', 'reviewed_on'), name='policy_review_once'),
        ),
        migrations.AddConstraint(
            model_name='policyoffer',
            constraint=models.CheckConstraint(condition=models.Q(('decided_by__isnull', True), ('decided_at__isnull', False), _connector='OR'), name='policy_offer_who_has_when'),
        ),
        migrations.AddConstraint(
            model_name='policyoffer',
            constraint=models.UniqueConstraint(condition=models.Q(('accepted__isnull', True)), fields=('contract', 'policy'), name='policy_offer_one_waiting'),
        ),
        migrations.AddConstraint(
            model_name='policyoffer',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('accepted', False), _negated=True), models.Q(('refused_because', ''), _negated=True), _connector='OR'), name='policy_offer_refused_with_reason'),
        ),
        migrations.AddConstraint(
            model_name='policyoffer',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('accepted__isnull', True), ('decided_at__isnull', True)), models.Q(('accepted__isnull', False), ('decided_at__isnull', False)), _connector='OR'), name='policy_offer_decided_has_moment'),
        ),
        migrations.AddConstraint(
            model_name='ratingbyhand',
            constraint=models.CheckConstraint(condition=models.Q(('because', ''), _negated=True), name='rating_by_hand_with_reason'),
        ),
        migrations.AddConstraint(
            model_name='ratingbyhand',
            constraint=models.CheckConstraint(condition=models.Q(('until_on__gte', models.F('from_on'))), name='rating_by_hand_days_in_order'),
        ),
        migrations.AddConstraint(
            model_name='ratingbyhand',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('ended_at__isnull', True), ('ended_because', ''), ('ended_on__isnull', True)), models.Q(('ended_at__isnull', False), ('ended_on__isnull', False), models.Q(('ended_because', ''), _negated=True)), _connector='OR'), name='rating_by_hand_ended_whole'),
        ),
        migrations.AddConstraint(
            model_name='ratingperiod',
            constraint=models.UniqueConstraint(fields=('contract', 'from_on'), name='rating_period_once'),
        ),
        migrations.AddConstraint(
            model_name='ratingperiod',
            constraint=models.CheckConstraint(condition=models.Q(('to_on__isnull', True), ('to_on__gte', models.F('from_on')), _connector='OR'), name='rating_period_days_in_order'),
        ),
        migrations.AddIndex(
            model_name='reasonperiod',
            index=models.Index(fields=['from_on', 'to_on'], name='reason_period_days'),
        ),
        migrations.AddConstraint(
            model_name='reasonperiod',
            constraint=models.UniqueConstraint(fields=('contract', 'code', 'about', 'from_on'), name='reason_period_once'),
        ),
        migrations.AddConstraint(
            model_name='reasonperiod',
            constraint=models.CheckConstraint(condition=models.Q(('to_on__isnull', True), ('to_on__gte', models.F('from_on')), _connector='OR'), name='reason_period_days_in_order'),
        ),
        migrations.AddConstraint(
            model_name='reportingcontact',
            constraint=models.UniqueConstraint(fields=('contract', 'recipient'), name='reporting_contact_once', nulls_distinct=False),
        ),
        migrations.AddConstraint(
            model_name='reportingcontact',
            constraint=models.CheckConstraint(condition=models.Q(('email', ''), ('form_url', ''), ('phone', ''), _negated=True), name='reporting_contact_says_how'),
        ),
        migrations.AddConstraint(
            model_name='reportingcontact',
            constraint=models.CheckConstraint(condition=models.Q(('form_url', ''), ('form_url__startswith', 'https://'), _connector='OR'), name='reporting_contact_secure_form'),
        ),
        migrations.AddConstraint(
            model_name='steptaken',
            constraint=models.UniqueConstraint(condition=models.Q(('undone_at__isnull', True)), fields=('incident', 'place'), name='step_taken_once'),
        ),
        migrations.AddConstraint(
            model_name='steptaken',
            constraint=models.CheckConstraint(condition=models.Q(('undone_by__isnull', True), ('undone_at__isnull', False), _connector='OR'), name='step_undone_who_has_when'),
        ),
        migrations.AddField(
            model_name='visitorigin',
            name='import_run',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='intake.import'),
        ),
        migrations.AddIndex(
            model_name='visit',
            index=models.Index(fields=['setting', '-visited_on'], name='visit_setting'),
        ),
        migrations.AddConstraint(
            model_name='visit',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('provider_answered_by__isnull', True), ('provider_answered_at__isnull', False), _connector='OR'), models.Q(('signed_off_by__isnull', True), ('signed_off_at__isnull', False), _connector='OR'), models.Q(('recorded_by__isnull', True), ('recorded_at__isnull', False), _connector='OR')), name='visit_who_has_when'),
        ),
        migrations.AddConstraint(
            model_name='visit',
            constraint=models.CheckConstraint(condition=models.Q(('contract__isnull', False), ('setting__isnull', False), _connector='OR'), name='visit_is_of_a_contract_or_a_setting'),
        ),
        migrations.AddConstraint(
            model_name='visit',
            constraint=models.CheckConstraint(condition=models.Q(('by_council', ''), models.Q(('accepted_because', ''), _negated=True), _connector='OR'), name='visit_of_another_council_says_why'),
        ),
        migrations.AddConstraint(
            model_name='visitfinding',
            constraint=models.UniqueConstraint(fields=('visit', 'area'), name='visit_finding_once'),
        ),
        migrations.AddIndex(
            model_name='assessmentorigin',
            index=models.Index(condition=models.Q(('missing_since__isnull', False)), fields=['missing_since'], name='assessmentorigin_missing'),
        ),
        migrations.AddIndex(
            model_name='contractorigin',
            index=models.Index(condition=models.Q(('missing_since__isnull', False)), fields=['missing_since'], name='contractorigin_missing'),
        ),
        migrations.AddIndex(
            model_name='evaluationorigin',
            index=models.Index(condition=models.Q(('missing_since__isnull', False)), fields=['missing_since'], name='evaluationorigin_missing'),
        ),
        migrations.AddIndex(
            model_name='policyrevieworigin',
            index=models.Index(condition=models.Q(('missing_since__isnull', False)), fields=['missing_since'], name='policyrevieworigin_missing'),
        ),
        migrations.AddIndex(
            model_name='visitorigin',
            index=models.Index(condition=models.Q(('missing_since__isnull', False)), fields=['missing_since'], name='visitorigin_missing'),
        ),
    ]
