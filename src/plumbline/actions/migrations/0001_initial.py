import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('audit', '0001_initial'),
        ('evidence', '0001_initial'),
        ('people', '0001_initial'),
        ('people', '__first__'),
    ]

    operations = [
        migrations.CreateModel(
            name='Action',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', models.CharField(max_length=300)),
                ('detail', models.TextField(blank=True)),
                ('subject_type', models.CharField(max_length=40)),
                ('subject_id', models.BigIntegerField()),
                ('subject_label', models.CharField(max_length=300)),
                ('origin_type', models.CharField(choices=[('evaluation', 'Evaluation meeting'), ('assurance', 'Annual assurance'), ('assessment', 'Self-assessment'), ('visit', 'Site visit'), ('incident', 'Incident'), ('audit', 'Audit'), ('recommendation', 'Recommendation'), ('implementation', 'Implementation'), ('decision', "Management team's decision"), ('other', 'Other')], max_length=20)),
                ('origin_id', models.BigIntegerField(null=True)),
                ('raised_at', models.DateTimeField()),
                ('critical', models.BooleanField(default=False)),
                ('first_due_on', models.DateField()),
                ('due_on', models.DateField()),
                ('state', models.CharField(choices=[('open', 'Open'), ('in_progress', 'In progress'), ('done', 'Done, to be verified'), ('sent_back', 'Sent back'), ('verified', 'Verified'), ('cancelled', 'Cancelled')], default='open', max_length=12)),
                ('done_on', models.DateField(null=True)),
                ('done_at', models.DateTimeField(null=True)),
                ('verified_on', models.DateField(null=True)),
                ('verified_at', models.DateTimeField(null=True)),
                ('cancelled_because', models.TextField(blank=True)),
                ('cancelled_on', models.DateField(null=True)),
                ('done_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('owner', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='actions_owned', to=settings.AUTH_USER_MODEL)),
                ('owner_organisation', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='actions', to='people.organisation')),
                ('raised_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('verified_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['subject_type', 'subject_id'], name='action_subject'), models.Index(fields=['owner', 'due_on'], name='action_owner'), models.Index(fields=['state', 'due_on'], name='action_state_due')],
                'constraints': [models.CheckConstraint(condition=models.Q(('done_by__isnull', True), ('done_at__isnull', False), _connector='OR'), name='action_who_has_when'), models.CheckConstraint(condition=models.Q(('owner__isnull', False), ('owner_organisation__isnull', False), _connector='OR'), name='action_has_an_owner'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'verified'), _negated=True), models.Q(('done_by__isnull', False), ('verified_at__isnull', False), ('verified_by__isnull', False), models.Q(('verified_by', models.F('done_by')), _negated=True), models.Q(('owner__isnull', True), models.Q(('verified_by', models.F('owner')), _negated=True), _connector='OR')), _connector='OR'), name='action_verified_by_another'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'cancelled'), _negated=True), models.Q(models.Q(('cancelled_because', ''), _negated=True), ('cancelled_on__isnull', False)), _connector='OR'), name='action_cancelled_with_reason')],
            },
        ),
        migrations.CreateModel(
            name='ActionNote',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
                ('text', models.TextField()),
                ('due_from', models.DateField(null=True)),
                ('due_to', models.DateField(null=True)),
                ('action', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='notes', to='actions.action')),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('document', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='evidence.document')),
            ],
            options={
                'abstract': False,
            },
        ),
    ]
