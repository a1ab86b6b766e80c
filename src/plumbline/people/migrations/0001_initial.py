import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.functions.text
import plumbline.people.models
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('audit', '0001_initial'),
        ('intake', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='NumberedChild',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('source_id', models.CharField(max_length=60)),
                ('restricted', models.BooleanField()),
            ],
            options={
                'db_table': 'people_numberedchild',
                'managed': False,
            },
        ),
        migrations.CreateModel(
            name='User',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('username', models.CharField(max_length=150, unique=True)),
                ('name', models.CharField(max_length=200)),
                ('email', models.EmailField(blank=True, max_length=254)),
                ('is_active', models.BooleanField(default=True)),
                ('must_change_password', models.BooleanField(default=False)),
                ('session_stamp', models.CharField(blank=True, max_length=32)),
            ],
        ),
        migrations.CreateModel(
            name='Child',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('source_id', models.CharField(max_length=60, unique=True)),
                ('forename', models.CharField(blank=True, max_length=255)),
                ('surname', models.CharField(blank=True, max_length=255)),
                ('sort_key', models.CharField(max_length=520)),
                ('sex', models.CharField(choices=[('F', 'Female'), ('M', 'Male'), ('U', 'Not recorded')], default='U', max_length=1)),
                ('dob', models.DateField(null=True)),
                ('expected_dob', models.DateField(null=True)),
                ('ethnicity', models.CharField(blank=True, max_length=255)),
                ('restricted', models.BooleanField(default=False)),
            ],
            options={
                'indexes': [django.contrib.postgres.indexes.GinIndex(fields=['sort_key'], name='child_name_trgm', opclasses=['gin_trgm_ops']), models.Index(fields=['sort_key', 'id'], name='child_name')],
                'constraints': [models.CheckConstraint(condition=models.Q(('dob__isnull', True), ('expected_dob__isnull', True), _connector='OR'), name='child_born_or_expected')],
            },
        ),
        migrations.CreateModel(
            name='CodeMapping',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('column', models.CharField(max_length=80)),
                ('wording', models.CharField(max_length=300)),
                ('wording_key', models.CharField(max_length=300)),
                ('code', models.CharField(max_length=60)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('column', 'wording_key'), name='code_mapping_once')],
            },
        ),
        migrations.CreateModel(
            name='Draft',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('form', models.CharField(max_length=60)),
                ('subject', models.CharField(max_length=300)),
                ('base', models.IntegerField(default=0)),
                ('payload', models.JSONField()),
                ('page', models.CharField(default='', max_length=32)),
                ('seq', models.BigIntegerField()),
                ('saved_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='Family',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('label', models.CharField(max_length=200)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='FamilyMember',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('from_on', models.DateField()),
                ('to_on', models.DateField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='FormSent',
            fields=[
                ('key', models.CharField(max_length=64, primary_key=True, serialize=False)),
                ('content', models.CharField(max_length=64)),
                ('led_to', models.TextField(blank=True)),
                ('at', models.DateTimeField()),
            ],
            options={
                'indexes': [models.Index(fields=['at'], name='form_sent_at')],
            },
        ),
        migrations.CreateModel(
            name='Invitation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('lands_on', models.CharField(blank=True, max_length=300)),
                ('state', models.CharField(choices=[('waiting', 'Waits to be accepted'), ('accepted', 'Accepted'), ('withdrawn', 'Withdrawn')], default='waiting', max_length=10)),
                ('invited_at', models.DateTimeField()),
                ('sent_at', models.DateTimeField()),
                ('asked_again_at', models.DateTimeField(null=True)),
                ('ended_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='LabelWording',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=40)),
                ('from_on', models.DateField()),
                ('forms', models.JSONField()),
                ('said_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='Organisation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=300)),
                ('sort_key', models.CharField(max_length=300)),
                ('sector', models.CharField(choices=[('school', 'School'), ('early_years', 'Early years'), ('children_services', "Children's services"), ('health', 'Health'), ('police', 'Police'), ('housing', 'Housing'), ('voluntary', 'Voluntary sector'), ('youth_justice', 'Youth justice'), ('other', 'Other')], max_length=40)),
                ('urn', models.CharField(blank=True, max_length=20)),
            ],
        ),
        migrations.CreateModel(
            name='OrganisationIdentifier',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('scheme', models.CharField(max_length=40)),
                ('value', models.CharField(max_length=80)),
            ],
        ),
        migrations.CreateModel(
            name='OrganisationName',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sort_key', models.CharField(max_length=300, unique=True)),
                ('wording', models.CharField(max_length=300)),
            ],
        ),
        migrations.CreateModel(
            name='Professional',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('source_id', models.CharField(max_length=60, unique=True)),
                ('name', models.CharField(max_length=300)),
                ('sort_key', models.CharField(max_length=300)),
                ('job_title', models.CharField(blank=True, max_length=255)),
                ('department', models.CharField(blank=True, max_length=300)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='RoleAsked',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(max_length=40)),
                ('team', models.CharField(blank=True, max_length=200)),
                ('from_on', models.DateField()),
                ('to_on', models.DateField(null=True)),
                ('state', models.CharField(choices=[('asked', 'Waits to be confirmed'), ('given', 'Given'), ('declined', 'Declined')], default='asked', max_length=10)),
                ('asked_at', models.DateTimeField()),
                ('decided_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='RoleHeld',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(max_length=40)),
                ('team', models.CharField(blank=True, max_length=200)),
                ('from_on', models.DateField()),
                ('to_on', models.DateField(null=True)),
                ('ended_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='Tie',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('subject_type', models.CharField(max_length=40)),
                ('subject_id', models.BigIntegerField()),
                ('why', models.CharField(max_length=40)),
                ('from_on', models.DateField()),
                ('to_on', models.DateField(null=True)),
                ('ended_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='Attempt',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
                ('kind', models.CharField(max_length=10)),
                ('username', models.CharField(max_length=150)),
                ('source', models.CharField(max_length=80)),
            ],
            options={
                'indexes': [models.Index(fields=['username', 'at'], name='attempt_username'), models.Index(fields=['source', 'at'], name='attempt_source')],
            },
        ),
        migrations.CreateModel(
            name='BankHoliday',
            fields=[
                ('day', models.DateField(primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=80)),
                ('counts', models.BooleanField(default=True)),
                ('because', models.TextField(blank=True)),
                ('changed_at', models.DateTimeField(null=True)),
                ('changed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('changed_at__isnull', True), ('changed_by__isnull', True), ('counts', True)), models.Q(('changed_at__isnull', False), ('changed_by__isnull', False), models.Q(('because', ''), _negated=True)), _connector='OR'), name='bank_holiday_changed_because')],
            },
        ),
        migrations.CreateModel(
            name='ChildOrigin',
            fields=[
                ('missing_since', models.DateField(null=True)),
                ('row', models.OneToOneField(db_column='id', on_delete=django.db.models.deletion.DO_NOTHING, primary_key=True, related_name='origin', serialize=False, to='people.child')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.AddField(
            model_name='draft',
            name='user',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='drafts', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='familymember',
            name='child',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='families', to='people.child'),
        ),
        migrations.AddField(
            model_name='familymember',
            name='family',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='members', to='people.family'),
        ),
        migrations.AddField(
            model_name='invitation',
            name='invited_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='invitation',
            name='user',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='invitations', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='labelwording',
            name='said_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='organisation',
            name='merged_into',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='merged', to='people.organisation'),
        ),
        migrations.AddField(
            model_name='invitation',
            name='organisation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='invitations', to='people.organisation'),
        ),
        migrations.AddField(
            model_name='organisationidentifier',
            name='organisation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='identifiers', to='people.organisation'),
        ),
        migrations.AddField(
            model_name='organisationname',
            name='organisation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='other_names', to='people.organisation'),
        ),
        migrations.CreateModel(
            name='ProfessionalOrigin',
            fields=[
                ('missing_since', models.DateField(null=True)),
                ('row', models.OneToOneField(db_column='id', on_delete=django.db.models.deletion.DO_NOTHING, primary_key=True, related_name='origin', serialize=False, to='people.professional')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.AddField(
            model_name='user',
            name='professional',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='users', to='people.professional'),
        ),
        migrations.AddField(
            model_name='roleasked',
            name='asked_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='roleasked',
            name='decided_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='roleasked',
            name='organisation',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, to='people.organisation'),
        ),
        migrations.AddField(
            model_name='roleasked',
            name='user',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='roles_asked', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='roleheld',
            name='organisation',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, to='people.organisation'),
        ),
        migrations.AddField(
            model_name='roleheld',
            name='user',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='roles_held', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='tie',
            name='user',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='ties', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='childorigin',
            name='import_run',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='intake.import'),
        ),
        migrations.AddConstraint(
            model_name='draft',
            constraint=models.UniqueConstraint(fields=('user', 'form', 'subject'), name='draft_once'),
        ),
        migrations.AddConstraint(
            model_name='familymember',
            constraint=models.UniqueConstraint(fields=('family', 'child', 'from_on'), name='family_member_once'),
        ),
        migrations.AddConstraint(
            model_name='familymember',
            constraint=models.CheckConstraint(condition=models.Q(('to_on__isnull', True), ('to_on__gte', models.F('from_on')), _connector='OR'), name='family_member_days_in_order'),
        ),
        migrations.AddConstraint(
            model_name='labelwording',
            constraint=models.UniqueConstraint(fields=('key', 'from_on'), name='label_wording_once_a_day'),
        ),
        migrations.AddConstraint(
            model_name='labelwording',
            constraint=models.CheckConstraint(condition=models.Q(plumbline.people.models.WordsOnly(models.F('forms')), models.Q(('forms', {}), _negated=True)), name='label_wording_is_words'),
        ),
        migrations.AddConstraint(
            model_name='organisation',
            constraint=models.UniqueConstraint(fields=('sort_key',), name='organisation_name_once'),
        ),
        migrations.AddConstraint(
            model_name='organisation',
            constraint=models.CheckConstraint(condition=models.Q(('merged_into__isnull', True), models.Q(('merged_into', models.F('id')), _negated=True), _connector='OR'), name='organisation_not_merged_into_itself'),
        ),
        migrations.AddConstraint(
            model_name='invitation',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'waiting')), fields=('user',), name='invitation_waits_once_for_a_user'),
        ),
        migrations.AddConstraint(
            model_name='invitation',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('ended_at__isnull', True), ('state', 'waiting')), models.Q(models.Q(('state', 'waiting'), _negated=True), ('asked_again_at__isnull', True), ('ended_at__isnull', False)), _connector='OR'), name='invitation_ended_has_moment'),
        ),
        migrations.AddConstraint(
            model_name='invitation',
            constraint=models.CheckConstraint(condition=models.Q(('invited_by', models.F('user')), _negated=True), name='invitation_by_another'),
        ),
        migrations.AddConstraint(
            model_name='organisationidentifier',
            constraint=models.UniqueConstraint(fields=('scheme', 'value'), name='organisation_identifier_once'),
        ),
        migrations.AddConstraint(
            model_name='organisationidentifier',
            constraint=models.CheckConstraint(condition=models.Q(('scheme', django.db.models.functions.text.Upper('scheme')), ('value', django.db.models.functions.text.Upper('value')), models.Q(('value__regex', '^$|\\s'), _negated=True), models.Q(('scheme', 'GB-COH'), ('value__regex', '^([0-9]{1,7}|[A-Z]{2}[0-9]{1,5}|R[0-9]{1,6})$'), _negated=True), models.Q(('scheme', 'GB-CHC'), ('value__startswith', '0'), _negated=True)), name='organisation_identifier_in_one_form'),
        ),
        migrations.AddField(
            model_name='professionalorigin',
            name='import_run',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='intake.import'),
        ),
        migrations.AddConstraint(
            model_name='user',
            constraint=models.UniqueConstraint(fields=('professional',), name='user_one_per_professional'),
        ),
        migrations.AddConstraint(
            model_name='roleasked',
            constraint=models.CheckConstraint(condition=models.Q(('to_on__isnull', True), ('to_on__gte', models.F('from_on')), _connector='OR'), name='role_asked_days_in_order'),
        ),
        migrations.AddConstraint(
            model_name='roleasked',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_at__isnull', True), ('decided_by__isnull', True), ('state', 'asked')), models.Q(models.Q(('state', 'asked'), _negated=True), ('decided_at__isnull', False), ('decided_by__isnull', False)), _connector='OR'), name='role_asked_decided_by_somebody_at'),
        ),
        migrations.AddConstraint(
            model_name='roleasked',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('asked_by', models.F('user')), _negated=True), models.Q(('decided_by__isnull', True), models.Q(models.Q(('decided_by', models.F('asked_by')), _negated=True), models.Q(('decided_by', models.F('user')), _negated=True)), _connector='OR')), name='role_asked_by_two'),
        ),
        migrations.AddConstraint(
            model_name='roleheld',
            constraint=models.CheckConstraint(condition=models.Q(('to_on__isnull', True), ('to_on__gte', models.F('from_on')), _connector='OR'), name='role_held_days_in_order'),
        ),
        migrations.AddConstraint(
            model_name='roleheld',
            constraint=models.CheckConstraint(condition=models.Q(('ended_at__isnull', True), ('to_on__isnull', False), _connector='OR'), name='role_held_ended_on_its_last_day'),
        ),
        migrations.AddIndex(
            model_name='tie',
            index=models.Index(fields=['subject_type', 'subject_id'], name='tie_subject'),
        ),
        migrations.AddConstraint(
            model_name='tie',
            constraint=models.UniqueConstraint(fields=('user', 'subject_type', 'subject_id', 'why', 'from_on'), include=('to_on', 'ended_at'), name='tie_once'),
        ),
        migrations.AddConstraint(
            model_name='tie',
            constraint=models.CheckConstraint(condition=models.Q(('to_on__isnull', True), ('to_on__gte', models.F('from_on')), _connector='OR'), name='tie_days_in_order'),
        ),
        migrations.AddConstraint(
            model_name='tie',
            constraint=models.CheckConstraint(condition=models.Q(('ended_at__isnull', True), ('to_on__isnull', False), _connector='OR'), name='tie_ended_on_its_last_day'),
        ),
        migrations.AddIndex(
            model_name='childorigin',
            index=models.Index(condition=models.Q(('missing_since__isnull', False)), fields=['missing_since'], name='childorigin_missing'),
        ),
        migrations.AddIndex(
            model_name='professionalorigin',
            index=models.Index(condition=models.Q(('missing_since__isnull', False)), fields=['missing_since'], name='professionalorigin_missing'),
        ),
    ]
