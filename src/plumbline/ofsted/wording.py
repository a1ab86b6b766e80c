"""How a setting is called, and why its status is what it is, in words."""

from plumbline.ofsted.models import Setting

# Ofsted's public files give no names of children's homes.
_NO_NAMES = {"", "REDACTED"}
# What a status means for a child, where no reason says more.
MEANS = {
    "unmatched": "On none of Ofsted’s lists that were read, so nothing is known of it. Not to be taken as safe.",
    "not_judged": "No single overall judgement; what was judged raises no concern.",
    "clear": "No concern in what Ofsted has said.",
}


def called(*, name: str | None, provision_type: str | None, urn: str) -> str:
    """The setting's name, or what it is and its number where its name is not published."""
    if name and name.strip().upper() not in _NO_NAMES:
        return name
    sort_of_place = (provision_type or "").strip() or "Setting"
    return f"{sort_of_place} {urn}".strip()


def label(setting: Setting) -> str:
    return called(name=setting.name, provision_type=setting.provision_type, urn=setting.urn)


def sentences(setting: Setting) -> list[str]:
    """Why the status is what it is, in sentences; what it means where no reason is kept."""
    found = [reason["sentence"] for reason in setting.reasons]
    status: str = setting.status
    return found or ([MEANS[status]] if status in MEANS else [])


def one_reason(setting: Setting) -> str:
    return next(iter(sentences(setting)), "")
