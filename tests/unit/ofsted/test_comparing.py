"""Two of Ofsted's lists compared: what is new, gone, better, worse and newly adverse."""

from plumbline.ofsted.comparing import Said, compare_lists


def test_compares_two_lists() -> None:
    before = {
        "A": Said("overall", "good", "clear"),
        "B": Said("overall", "good", "clear"),
        "C": Said("overall", "inadequate", "adverse"),
        "D": Said("overall", "good", "clear"),
        "E": Said("overall", "", "watch"),
        "F": Said("overall_effectiveness", "good", "clear"),
        "G": Said("overall", "requires_improvement", "adverse"),
    }
    after = {
        "A": Said("overall", "good", "clear"),
        "B": Said("overall", "inadequate", "adverse"),
        "C": Said("overall", "good", "clear"),
        "E": Said("overall", "inadequate", "adverse"),
        "F": Said("overall_effectiveness", "not_judged", "not_judged"),
        "G": Said("overall", "requires_improvement", "adverse"),
        "H": Said("overall", "inadequate", "adverse"),
    }

    changed = compare_lists(before=before, after=after)

    assert (changed.new, changed.gone) == (("H",), ("D",))
    assert (changed.better, changed.worse) == (("C",), ("B",))
    assert changed.newly_adverse == ("B", "E", "H")
    assert changed.unchanged == ("A", "E", "F", "G")


def test_a_setting_unchanged_in_two_equal_lists_is_all_there_is() -> None:
    same = {"A": Said("overall", "good", "clear")}

    changed = compare_lists(before=same, after=same)

    assert (changed.unchanged, changed.new, changed.gone, changed.newly_adverse) == (("A",), (), (), ())
