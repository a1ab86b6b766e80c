"""What an import answers, whatever its files: as interfaces.md has it."""

import time
from collections.abc import Sequence
from typing import Any

from plumbline.intake.models import Import


def answer(
    run: Import,
    *,
    started: float,
    dry_run: bool,
    refused: Sequence[dict[str, Any]],
    notes: Sequence[dict[str, Any]] = (),
    means: Sequence[str] = (),
    **more: Any,
) -> dict[str, Any]:
    """`files`, `refused`, `notes` and `seconds`; with `means`, what follows from it in sentences, the `import`'s number
    (none of a dry run), and what this kind of import says besides."""
    return {
        "files": run.files,
        "refused": list(refused),
        "notes": list(notes),
        "seconds": round(time.monotonic() - started, 2),
        "means": list(means),
        "import": None if dry_run else run.pk,
        **more,
    }
