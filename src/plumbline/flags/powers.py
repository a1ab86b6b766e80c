"""Which events of users, signing in and judgements by hand are told, to whom, in which words. They name no child."""

# To information governance: each change of what someone may do.
POWERS = {
    "people.user.made": "made a user",
    "people.user.invited": "invited a person by e-mail to sign in for an organisation",
    "people.invitation.withdrawn": "withdrew an invitation",
    "people.user.joined": "joined a user to a worker of the records",
    "people.user.password_renewed": "made a new password for a user",
    "people.user.switched_off": "switched a user off",
    "people.user.switched_on": "switched a user on",
    "people.role.asked": "asked for a role for a user; a second person has to confirm it",
    "people.role.given": "gave a user a role",
    "people.role.declined": "declined a role for a user",
    "people.role.ended": "ended a role of a user",
    "people.ties.given": "tied a user to records",
}
# To the person themself: what they should know if it was not they.
OWN = {
    "people.sign_in.shut_out": "A password or code was typed wrongly too often for your user name. If it was not you, "
    "someone is guessing: tell the administrator.",
    "people.second_factor.set_up": "A second factor was set up for your user name.",
    "people.second_factor.taken_off": "The second factor of your user name was taken off.",
    "people.second_factor.codes_made": "New recovery codes were made for your user name.",
    "people.password.changed": "The password of your user name was changed.",
    "people.user.password_renewed": "An administrator made a new password for your user name.",
}
# To the person who had entered what a list now says otherwise.
OVERRULED = "ofsted.judgement.overruled"
_NOT_YOU = " If it was not you, tell the administrator of Plumbline and information governance at once."


def to_governance(kind: str, *, by: str, about: str, role: str) -> tuple[str, str]:
    """Subject and words of the message that information governance gets."""
    which = f" ({role.replace('_', ' ')})" if role else ""
    return (
        "Plumbline: someone’s powers were changed",
        f"{by} {POWERS[kind]}{which}: {about}. Who did what, and when, is in the trail.",
    )


def to_oneself(kind: str) -> tuple[str, str]:
    """Subject and words of the message that the person themself gets."""
    return "Plumbline: your user name", OWN[kind] + ("" if kind == "people.sign_in.shut_out" else _NOT_YOU)


def to_who_entered(sentence: str) -> tuple[str, str]:
    """Subject and words of the message about a judgement entered by hand; it names a setting and no child."""
    return (
        "Plumbline: a list says otherwise than you entered",
        f"{sentence} If the list is wrong, enter the judgement again with the link to the report, and tell Ofsted.",
    )
