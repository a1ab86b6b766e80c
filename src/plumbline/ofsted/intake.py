"""Settings made for the URNs that a list, a placement or a person names first."""

from collections.abc import Collection

from django.db import connection

from plumbline.ofsted.models import Setting


def ensure_settings(*, register: str, urns: Collection[str]) -> dict[str, int]:
    """The settings with these URNs, made where they are on no list yet; URN → number. Both sides of the guard do so."""
    with connection.cursor() as cursor:
        cursor.execute(
            """insert into ofsted_setting (register, urn, name, sort_key, provision_type, phase, local_authority,
                   region, sector, registration_status, linked_urn, status, reasons, rule_version, judgements_rev,
                   evaluated_rev)
               select %s, u, '', '', '', '', '', '', '', '', '', 'unmatched', '[]', '', 0, 0
               from unnest(%s::text[]) u order by u on conflict (register, urn) do nothing""",
            [register, sorted(set(urns))],
        )
    return dict(Setting.objects.filter(register=register, urn__in=set(urns)).values_list("urn", "pk"))
