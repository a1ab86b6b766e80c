"""The two refusals. Every way in (page, command, job) turns them into a sentence, once."""

from collections.abc import Callable


class Refusal(Exception):
    """Something was asked that will not be done; nothing was changed.

    `code` is a short stable key for programs, `reason` a sentence for people.
    """

    default_code = "refused"

    def __init__(self, reason: str, *, code: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.code = code or self.default_code
        self._recorded: list[Callable[[], object]] = []

    def record(self, trace: Callable[[], object]) -> None:
        """Record something of this refusal that stays: by whom a name was tried, say."""
        trace()
        self._recorded.append(trace)

    def record_again(self) -> None:
        """Record it once more, by the one who has undone the transaction that it was recorded in."""
        for trace in self._recorded:
            trace()


class RuleBroken(Refusal):
    """The rules of the field, or the state of the record, do not allow it."""

    default_code = "rule_broken"


class NotAllowed(Refusal):
    """This person may not. Pages answer as if the record did not exist."""

    default_code = "not_allowed"
