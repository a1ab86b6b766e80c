"""What each mark of the market stands for, in words."""

from collections.abc import Mapping

# By kind of mark: what it stands for.
SAID: Mapping[str, str] = {
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
    "visitaction": "the council's action of a visit",
    "provideractiondoc": "the council's document in the progress of a provider's action",
    "councilactiondoc": "the council's document in the progress of its own action", "offer": "a policy offered", "provideraction": "a provider's action",  # noqa: E501
    "provideractiondetail": "a provider's action in detail", "provideractionnote": "the progress of a provider's action",  # noqa: E501
    "councilaction": "the council's action on a contract", "councilactiondetail": "the council's action in detail",
    "councilactionnote": "the progress of the council's action", "awardedtitle": "an awarded tender",
    "awardreason": "why it was awarded", "bidletter": "the letter to a bidder", "plantitle": "an implementation plan",
    "planitem": "an item of a plan", "plannote": "a note on an item", "planagreement": "an agreed arrangement",
    "suppliercontact": "a supplier's contact", "councilcontact": "the council's contact",
    "pathway": "a pathway of the pack", "packcontact": "a contact of the pack", "tender": "a tender",
    "bidanswer": "a bid's answer", "price": "a bid's price", "failedanswer": "the answer of a bid that failed stage 1",
    "failedbecause": "why a bid failed", "failedletter": "the letter to one that failed",
    "exclusionnote": "what was found of grounds for exclusion", "stage1reason": "the reason of a stage 1 decision",
    "bidpaper": "a bid's paper", "failedpaper": "the paper of a bid that failed",
    "conflictperson": "who has a conflict in a tender", "tenderconflict": "a conflict in a tender",
    "ownconflict": "what an evaluator declared", "leadconflict": "what another evaluator declared",
    "scorelocked": "the comment of an evaluator who has locked", "scoreopen": "the comment of one who has not",
    "scorecomment": "the comments when all have locked",
}  # fmt: skip

# By viewer, kind of mark and whose: the routes that told it.
Told = Mapping[tuple[str, str, str], frozenset[str]]
