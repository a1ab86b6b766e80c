"""Reference data that every installation needs: bank holidays, question sets."""


def load() -> None:
    """Load or refresh the reference data; run twice, it changes nothing twice."""
