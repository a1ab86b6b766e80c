"""What each mark of the market stands for, in words, and the page that says who is told it."""

from collections.abc import Mapping

from plumbline.people.access import ROLES
from tests.relations.market import OWN, SPECIAL, TENDERS
from tests.relations.page import BUYING
from tests.relations.told import ALIKE, VIEWERS, Told

# By kind of mark: what it stands for. Of a provider and its contracts:
OF_CONTRACTS: Mapping[str, str] = {
    "reference": "a contract's reference", "title": "a contract's title", "value": "a contract's value",
    "spot": "an individual placement agreement", "spottitle": "its title", "spotchild": "the child of it, by name",
    "spotchildnumber": "the child of it, by number", "ragreason": "why a contract has its colour",
    "handrating": "why a colour was set by hand", "teamdecision": "what the management team decided",
    "minutes": "a meeting's minutes", "meetingconcern": "what a meeting said of safeguarding",
    "attendee": "who attended a meeting", "casereference": "a case in need of resolution, by reference",
    "casesummary": "a case in need of resolution, in words", "casechild": "the child of a case, by name",
    "casechildnumber": "the child of a case, by number", "commitment": "a commitment",
    "commitmentnote": "how a commitment was found", "arrangement": "an arrangement", "kpi": "a KPI",
    "kpinote": "the note on a KPI's reading", "visitsummary": "a visit's summary, the report sent",
    "visitunsent": "a visit's summary, the report not sent", "finding": "a visit's finding, the report sent",
    "homereport": "a home's report", "homeconcern": "the concern about a home's report",
    "instrument": "a board assessment", "incident": "an incident's reference",
    "incidentsummary": "an incident's summary", "narrative": "an incident's full account",
    "staff": "the staff in an incident", "immediate": "what was done at once", "police": "the police's reference",
    "lado": "the LADO's reference", "incidentchild": "the child of an incident, by name",
    "incidentchildnumber": "the child of an incident, by number", "councilchannel": "how the council told",
    "news": "later news of an incident", "formstep": "a step of the incident form",
    "returntitle": "a return handed in", "returnanswer": "its answer", "returncomment": "its comment",
    "returnnote": "a moderator's note, not yet moderated", "moderatedtitle": "a return moderated",
    "moderatedanswer": "a moderated return's answer", "moderatedcomment": "a moderated return's comment",
    "moderatednote": "a moderator's note, moderated", "askedtitle": "a return being answered",
    "askedanswer": "an answer not handed in yet", "askedcomment": "a comment not handed in yet",
    "askednote": "a moderator's note of before it was sent back", "counciltitle": "the council's own return",
    "councilanswer": "the council's own answer", "councilcomment": "the council's own comment",
    "councilnote": "a note on the council's own answer", "caseaudittitle": "an audit of a case",
    "caseauditanswer": "an answer in an audit of a case", "caseauditcomment": "a comment in an audit of a case",
    "caseauditnote": "a note in an audit of a case",
    **{f"doc{level}": f"a provider's document, {level}" for level in ("open", "shared", "council", "restricted")},
    **{f"ourdoc{level}": f"the council's document, {level}" for level in ("open", "shared", "council", "restricted")},
    "answerdoc": "a restricted document given for an answer", "minutesdoc": "the minutes as a restricted document",
    "assessmentdoc": "a restricted document of a board assessment",
    "visitdoc": "a visit's report as a restricted document",
    "visitaction": "the council's action of a visit",
    "provideractiondoc": "the council's document in the progress of a provider's action",
    "councilactiondoc": "the council's document in the progress of its own action", "offer": "a policy offered",
    "provideraction": "a provider's action", "provideractiondetail": "a provider's action in detail",
    "provideractionnote": "the progress of a provider's action",
    "councilaction": "the council's action on a contract", "councilactiondetail": "the council's action in detail",
    "councilactionnote": "the progress of the council's action",
    "formeraction": "an action of an officer whose role has ended", "childlink": "an address of a child's record",
    "plantitle": "an implementation plan",
    "planitem": "an item of a plan", "plannote": "a note on an item", "planagreement": "an agreed arrangement",
    "suppliercontact": "a supplier's contact", "councilcontact": "the council's contact",
    "pathway": "a pathway of the pack", "packcontact": "a contact of the pack",
    "awardedtitle": "an awarded tender",
    "awardreason": "why it was awarded",
    "awardedanswer": "the answer of a bid that won",
}  # fmt: skip
# Of a tender and its bids, before the award:
OF_TENDERS: Mapping[str, str] = {
    "tender": "a tender",
    "bidanswer": "a bid's answer", "price": "a bid's price", "failedanswer": "the answer of a bid that failed stage 1",
    "failedbecause": "why a bid failed", "failedletter": "the letter to one that failed",
    "exclusionnote": "what was found of grounds for exclusion", "stagereason": "the reason of a stage 1 decision",
    "bidletter": "the letter to a bidder", "bidder": "who bids, by name",
    "bidpaper": "a bid's paper on a scored question", "stagepaper": "a bid's paper for stage 1",
    "failedpaper": "the paper of a bid that failed",
    "conflictperson": "who has a conflict in a tender", "tenderconflict": "a conflict in a tender",
    "ownconflict": "what an evaluator declared", "leadconflict": "what another evaluator declared",
    "scorelocked": "the comment of an evaluator who has locked", "scoreopen": "the comment of one who has not",
    "scorecomment": "the comments when all have locked", "recommendedreason": "why a bid is recommended",
    "formertender": "a tender whose commissioner's role has ended",
}  # fmt: skip


def written(told: Told) -> str:
    """The second part of the page: what is bought, and who is told what of it."""
    parts = [BUYING, _asked(), "### Contracts, returns, visits, incidents, plans", _of_contracts(told)]
    parts += ["### Tenders before the award", _STATES, _of_tenders(told), _nothing(told), _LAST]
    return "\n\n".join(parts) + "\n"


_LAST = """How it is held:

- Of a tender the register is for everybody who sees tenders; who bids, what they offer and how it is scored, for nobody
  before their own part begins ([decision](../adr/0030-who-reads-bids-before-the-award.md)). An organisation that is
  known by its bid alone is in no search and no list of those to whom its bid is not open.
- A provider is told what it can put right and never a colour ([decision](../adr/0029-what-a-provider-sees.md)).
- The title of a document is told to who may open it; to others, that there is one.
- Forms about a tender change nothing when those send them to whom they are not offered: an evaluator who was excluded
  or is of another tender, who will approve, and whose role has ended.
- An e-mail names contracts and what counts against them to the management team, without what someone typed, and says
  to others that something waits. No flag says what only the record may.
- Open data (the page, and `plumbline export-ocds --as`) names a supplier once the contract is awarded. No other command
  with `--as` prints a record of what is bought, but for the refused rows of an import.
- The person who maps wordings (queues) or merges suppliers chooses from the whole register of organisations; that one
  is there says nothing of why."""


def _asked() -> str:
    same: dict[str, list[str]] = {}
    for role, other in ALIKE.items():
        same.setdefault(ROLES[other].label, []).append(ROLES[role].label)
    alike = "; ".join(f"{', '.join(roles)} as {other}" for other, roles in same.items())
    return f"""A test fills every text of a contract, its meetings, visits, reports, incidents, returns, actions and
documents, of a plan, and of tenders in three states, with words that stand nowhere else. Everybody below asks for every
address of them, for every list with its files, and searches; the page says whose answers held the word. Nobody else is
told.

- “The contract's own” is the person named as its manager or service-area lead. Where a role is named, those of it who
  stand in a special relation are told as well, but for whom the page names.
- A provider user is told of the contracts of their own organisation, under all its names; of another's, nothing.
- Information governance reads in the trail what someone typed into a search, and nothing else of what is bought.
- Roles that may do the same here were asked once: {alike}."""


def label(viewer: str) -> str:
    return SPECIAL.get(viewer) or ROLES[viewer].label


def is_told(told: Told, viewer: str, kind: str, whose: str) -> bool:
    """Whether the viewer is; in rooms where they did not ask, as who may do the same there."""
    if (viewer, kind, whose) in told:
        return True
    asks = VIEWERS[viewer]
    asked = asks.rooms if whose in asks.whose else ()
    return bool(asks.alike) and bool(told.get((asks.alike, kind, whose), frozenset()) - set(asked))


def viewers_told(told: Told, kind: str, whose: str) -> tuple[str, ...]:
    return tuple(viewer for viewer in VIEWERS if is_told(told, viewer, kind, whose))


# Of those in a special relation: the role that they hold besides.
_ROLE_OF = {
    "manager": "contract_officer", "tied_officer": "contract_officer", "area_lead": "service_area_lead",
    "reporter": "service_area_lead", "lead": "commissioner", "undecided_lead": "commissioner",
}  # fmt: skip


def _who(told: Told, kind: str, whose: str) -> str:
    """Those who are told. Where everybody of a role is, the special are not named; who is not, is."""
    known = viewers_told(told, kind, whose)
    roles = {viewer for viewer in known if viewer in ROLES}
    said = []
    for viewer in known:
        if _ROLE_OF.get(viewer) in roles:
            continue
        but = [
            label(other)
            for other, role in _ROLE_OF.items()
            if role == viewer and other not in known and whose in VIEWERS[other].whose
        ]
        said.append(label(viewer) + (f" (not: {', '.join(but)})" if but else ""))
    return "; ".join(said)


def _of_contracts(told: Told) -> str:
    return _table(
        "| what | who is told |\n| --- | --- |",
        {kind: (_who(told, kind, OWN) or "nobody",) for kind in OF_CONTRACTS},
        OF_CONTRACTS,
    )


_STATES = "\n".join(f"- **{state}**: a tender {words}." for state, words in TENDERS.items())


def _of_tenders(told: Told) -> str:
    heads = f"| what | {' | '.join(TENDERS)} |\n|{' --- |' * (len(TENDERS) + 1)}"
    return _table(heads, {kind: tuple(_who(told, kind, state) for state in TENDERS) for kind in OF_TENDERS}, OF_TENDERS)


def _table(heads: str, cells: Mapping[str, tuple[str, ...]], said: Mapping[str, str]) -> str:
    """Kinds that the same people are told stand in one row."""
    rows: dict[tuple[str, ...], list[str]] = {}
    for kind, row in cells.items():
        rows.setdefault(row, []).append(said[kind])
    return "\n".join([heads, *(f"| {'; '.join(words)} | {' | '.join(row)} |" for row, words in rows.items())])


def _nothing(told: Told) -> str:
    known = {viewer for viewer, _, _ in told}
    far = [label(viewer) for viewer in VIEWERS if viewer not in known]
    return f"Told nothing at all: {'; '.join(far)}."
