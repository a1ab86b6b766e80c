import django.contrib.postgres.constraints
import django.contrib.postgres.indexes
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('audit', '0001_initial'),
        ('evidence', '0001_initial'),
        ('intake', '0001_initial'),
        ('people', '__first__'),
    ]

    operations = [
        migrations.CreateModel(
            name='Owner',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=300)),
                ('sort_key', models.CharField(max_length=300, unique=True)),
            ],
        ),
        migrations.CreateModel(
            name='Establishment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('urn', models.CharField(max_length=20, unique=True)),
                ('name', models.CharField(blank=True, max_length=300)),
                ('kind', models.CharField(blank=True, max_length=120)),
                ('status', models.CharField(blank=True, max_length=60)),
                ('local_authority', models.CharField(blank=True, max_length=120)),
                ('opened_on', models.DateField(null=True)),
                ('why_opened', models.CharField(blank=True, max_length=120)),
                ('closed_on', models.DateField(null=True)),
                ('why_closed', models.CharField(blank=True, max_length=120)),
                ('inspectorate', models.CharField(blank=True, max_length=60)),
                ('group', models.CharField(blank=True, max_length=300)),
                ('joined_on', models.DateField(null=True)),
                ('as_at', models.DateField()),
                ('import_run', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='intake.import')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Inspection',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=30)),
                ('framework', models.CharField(blank=True, max_length=40)),
                ('event_number', models.CharField(blank=True, max_length=40)),
                ('event_wording', models.CharField(blank=True, max_length=200)),
                ('inspected_on', models.DateField()),
                ('published_on', models.DateField(null=True)),
                ('predecessor_urn', models.CharField(blank=True, max_length=20)),
                ('inspectorate', models.CharField(default='Ofsted', max_length=20)),
                ('source', models.CharField(choices=[('list', 'Published list'), ('hand', 'Entered by hand')], default='list', max_length=10)),
                ('report_link', models.URLField(blank=True, max_length=500)),
                ('entered_at', models.DateTimeField(null=True)),
                ('document', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, to='evidence.document')),
                ('entered_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='OfstedList',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('layout', models.CharField(max_length=60)),
                ('register', models.CharField(choices=[('social_care', 'Social care'), ('education', 'Education')], max_length=20)),
                ('family', models.CharField(max_length=40)),
                ('as_at', models.DateField()),
                ('proves_to', models.DateField(null=True)),
                ('contents', models.JSONField(default=list)),
                ('whole', models.BooleanField()),
                ('regions', models.JSONField(default=list)),
                ('differences', models.JSONField(default=dict)),
                ('compared_with', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, to='ofsted.ofstedlist')),
                ('import_run', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='ofsted_lists', to='intake.import')),
            ],
            options={
                'indexes': [models.Index(fields=['family', '-as_at'], name='ofsted_list_newest')],
            },
        ),
        migrations.CreateModel(
            name='MonthlyCheck',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('month', models.DateField(unique=True)),
                ('due_on', models.DateField()),
                ('opened_at', models.DateTimeField()),
                ('completed_at', models.DateTimeField(null=True)),
                ('lists_note', models.TextField(blank=True)),
                ('completed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('lists', models.ManyToManyField(related_name='checks', to='ofsted.ofstedlist')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('completed_at__isnull', True), ('completed_by__isnull', True)), models.Q(('completed_at__isnull', False), ('completed_by__isnull', False)), _connector='OR'), name='monthly_check_completed_by_and_at')],
            },
        ),
        migrations.CreateModel(
            name='Judgement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('aspect', models.CharField(max_length=40)),
                ('wording', models.CharField(max_length=200)),
                ('grade', models.CharField(max_length=30)),
                ('inspection', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='judgements', to='ofsted.inspection')),
                ('ofsted_list', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='judgements', to='ofsted.ofstedlist')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('inspection', 'aspect'), name='judgement_once')],
            },
        ),
        migrations.AddField(
            model_name='inspection',
            name='ofsted_list',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='inspections', to='ofsted.ofstedlist'),
        ),
        migrations.CreateModel(
            name='Setting',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('register', models.CharField(choices=[('social_care', 'Social care'), ('education', 'Education')], max_length=20)),
                ('urn', models.CharField(max_length=20)),
                ('name', models.CharField(blank=True, max_length=300)),
                ('sort_key', models.CharField(blank=True, max_length=330)),
                ('provision_type', models.CharField(blank=True, max_length=120)),
                ('phase', models.CharField(blank=True, max_length=60)),
                ('local_authority', models.CharField(blank=True, max_length=120)),
                ('region', models.CharField(blank=True, max_length=120)),
                ('sector', models.CharField(blank=True, max_length=60)),
                ('places', models.IntegerField(null=True)),
                ('registration_status', models.CharField(blank=True, max_length=40)),
                ('registered_on', models.DateField(null=True)),
                ('linked_urn', models.CharField(blank=True, max_length=20)),
                ('listed_on', models.DateField(null=True)),
                ('gone_since', models.DateField(null=True)),
                ('last_checked_on', models.DateField(null=True)),
                ('status', models.CharField(choices=[('unregistered', 'Unregistered'), ('adverse', 'Adverse'), ('closed', 'Closed'), ('unmatched', 'Not matched'), ('not_judged', 'No overall judgement'), ('watch', 'Watch'), ('clear', 'Clear')], default='unmatched', max_length=20)),
                ('status_since', models.DateField(null=True)),
                ('reasons', models.JSONField(default=list)),
                ('rule_version', models.CharField(blank=True, max_length=20)),
                ('judgements_rev', models.BigIntegerField(default=0)),
                ('evaluated_rev', models.BigIntegerField(default=0)),
                ('owner', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='settings', to='ofsted.owner')),
            ],
            options={
                'indexes': [django.contrib.postgres.indexes.GinIndex(fields=['sort_key'], name='setting_name_trgm', opclasses=['gin_trgm_ops']), models.Index(fields=['urn'], name='setting_urn'), models.Index(fields=['status', 'id'], name='setting_status')],
                'constraints': [models.UniqueConstraint(fields=('register', 'urn'), name='setting_urn_once_per_register')],
            },
        ),
        migrations.CreateModel(
            name='Notice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('restriction', 'Restriction of accommodation'), ('compliance', 'Compliance notice'), ('suspension', 'Suspension of registration')], max_length=20)),
                ('from_on', models.DateField()),
                ('to_on', models.DateField(null=True)),
                ('wording', models.TextField(blank=True)),
                ('entered_at', models.DateTimeField()),
                ('entered_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('setting', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='notices', to='ofsted.setting')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Listing',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('line', models.IntegerField()),
                ('registration_status', models.CharField(max_length=40, null=True)),
                ('attributes', models.JSONField(default=dict)),
                ('said_aspect', models.CharField(blank=True, max_length=40)),
                ('said_grade', models.CharField(blank=True, max_length=30)),
                ('said_on', models.DateField(null=True)),
                ('ofsted_list', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='listings', to='ofsted.ofstedlist')),
                ('setting', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='listings', to='ofsted.setting')),
            ],
            options={
                'indexes': [models.Index(fields=['setting', 'ofsted_list'], name='listing_setting')],
                'constraints': [models.UniqueConstraint(fields=('ofsted_list', 'setting'), name='listing_once_per_list')],
            },
        ),
        migrations.AddField(
            model_name='inspection',
            name='setting',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='inspections', to='ofsted.setting'),
        ),
        migrations.CreateModel(
            name='CouncilFact',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('line', models.IntegerField()),
                ('name', models.CharField(blank=True, max_length=300)),
                ('address', models.TextField(blank=True)),
                ('postcode', models.CharField(blank=True, max_length=20)),
                ('telephone', models.CharField(blank=True, max_length=60)),
                ('email', models.CharField(blank=True, max_length=254)),
                ('placement_codes', models.CharField(blank=True, max_length=120)),
                ('provider_codes', models.CharField(blank=True, max_length=120)),
                ('places', models.CharField(blank=True, max_length=20)),
                ('closed_on', models.DateField(null=True)),
                ('report_link', models.CharField(blank=True, max_length=500)),
                ('conditions', models.TextField(blank=True)),
                ('owner', models.CharField(blank=True, max_length=300)),
                ('ofsted_list', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='council_facts', to='ofsted.ofstedlist')),
                ('setting', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='council_facts', to='ofsted.setting')),
            ],
            options={
                'indexes': [models.Index(fields=['setting', 'ofsted_list'], name='council_fact_setting')],
            },
        ),
        migrations.CreateModel(
            name='CheckItem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('outcome', models.CharField(choices=[('to_do', 'To check'), ('unchanged', 'Nothing changed'), ('changed', 'New judgement entered'), ('not_opened', 'Report not opened: as the lists say'), ('not_found', 'Looked for, and nothing found')], default='to_do', max_length=12)),
                ('report_link', models.URLField(blank=True, max_length=500)),
                ('opened_at', models.DateTimeField(null=True)),
                ('note', models.TextField(blank=True)),
                ('checked_at', models.DateTimeField(null=True)),
                ('checked_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('document', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, to='evidence.document')),
                ('inspection', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, to='ofsted.inspection')),
                ('check_month', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='items', to='ofsted.monthlycheck')),
                ('setting', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='check_items', to='ofsted.setting')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('check_month', 'setting'), name='check_item_once_a_month'), models.CheckConstraint(condition=models.Q(models.Q(('checked_at__isnull', True), ('checked_by__isnull', True), ('outcome', 'to_do')), models.Q(models.Q(('outcome', 'to_do'), _negated=True), ('checked_at__isnull', False), ('checked_by__isnull', False)), _connector='OR'), name='check_item_done_by_and_at')],
            },
        ),
        migrations.CreateModel(
            name='StatusPeriod',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('status', models.CharField(choices=[('unregistered', 'Unregistered'), ('adverse', 'Adverse'), ('closed', 'Closed'), ('unmatched', 'Not matched'), ('not_judged', 'No overall judgement'), ('watch', 'Watch'), ('clear', 'Clear')], max_length=20)),
                ('from_on', models.DateField()),
                ('to_on', models.DateField(null=True)),
                ('reasons', models.JSONField(default=list)),
                ('rule_version', models.CharField(max_length=20)),
                ('setting', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='statuses', to='ofsted.setting')),
            ],
            options={
                'indexes': [models.Index(fields=['setting', 'from_on'], name='status_period_setting')],
                'constraints': [django.contrib.postgres.constraints.ExclusionConstraint(expressions=[('setting', '='), (models.Func(models.F('from_on'), models.F('to_on'), models.Value('[)'), function='daterange'), '&&')], name='status_period_one_at_a_time'), models.CheckConstraint(condition=models.Q(('to_on__isnull', True), ('to_on__gt', models.F('from_on')), _connector='OR'), name='status_period_days_in_order')],
            },
        ),
        migrations.CreateModel(
            name='UnregisteredUse',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('from_on', models.DateField()),
                ('to_on', models.DateField(null=True)),
                ('legal_basis', models.TextField()),
                ('court_order_on', models.DateField(null=True)),
                ('ofsted_told_on', models.DateField(null=True)),
                ('registration_applied_on', models.DateField(null=True)),
                ('entered_at', models.DateTimeField()),
                ('entered_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('setting', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='unregistered_uses', to='ofsted.setting')),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('to_on__isnull', True)), fields=('setting',), name='unregistered_use_open_once')],
            },
        ),
        migrations.CreateModel(
            name='EstablishmentLink',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('urn', models.CharField(max_length=20)),
                ('linked_urn', models.CharField(max_length=20)),
                ('linked_name', models.CharField(blank=True, max_length=300)),
                ('kind', models.CharField(max_length=80)),
                ('linked_on', models.DateField(null=True)),
                ('import_run', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='intake.import')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('urn', 'linked_urn', 'kind'), name='establishment_link_once')],
            },
        ),
        migrations.AddConstraint(
            model_name='inspection',
            constraint=models.UniqueConstraint(fields=('setting', 'kind', 'inspected_on'), name='inspection_once'),
        ),
        migrations.AddConstraint(
            model_name='inspection',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('ofsted_list__isnull', False), ('source', 'list')), models.Q(('entered_at__isnull', False), ('entered_by__isnull', False), ('source', 'hand')), _connector='OR'), name='inspection_says_who_told_us'),
        ),
    ]
