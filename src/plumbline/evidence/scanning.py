"""Asking ClamAV whether a file is clean, by the daemon's own INSTREAM command over TCP or a unix socket.

Where a daemon is configured, a file that it did not find clean is not kept: infected, or the daemon did not answer.
"""

import socket
from contextlib import closing
from dataclasses import dataclass

from django.conf import settings

from plumbline.kernel.errors import RuleBroken

_CHUNK = 1 << 16
_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Daemon:
    """`tcp://host:port` or `unix:/path/of/the.socket`."""

    address: str
    seconds: float = _SECONDS

    def scan(self, content: bytes) -> str:
        """Which scanner found the content clean, in its own words. Raises RuleBroken: infected_file; not_scanned where
        the daemon does not answer or says anything else than that it is clean."""
        try:
            version = self._ask(b"zVERSION\0")
            answer = self._ask(b"zINSTREAM\0", content)
        except OSError as wrong:
            raise _not_scanned() from wrong
        if answer.endswith(" FOUND"):
            raise RuleBroken(
                f"The virus scanner found something in the file: {answer.removesuffix(' FOUND').partition(': ')[2]}. "
                "It is not kept. Tell the person who looks after your machine.",
                code="infected_file",
            )
        if answer != "stream: OK":
            raise _not_scanned()
        return version[:120]

    def _ask(self, command: bytes, content: bytes | None = None) -> str:
        with closing(self._connected()) as line:
            line.sendall(command)
            if content is not None:
                for start in range(0, len(content), _CHUNK):
                    chunk = content[start : start + _CHUNK]
                    line.sendall(len(chunk).to_bytes(4, "big") + chunk)
                line.sendall(bytes(4))
            answer = b""
            while not answer.endswith(b"\0") and (more := line.recv(4096)):
                answer += more
        return answer.rstrip(b"\0\n").decode("utf-8", errors="replace")

    def _connected(self) -> socket.socket:
        if self.address.startswith("unix:"):
            line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            line.settimeout(self.seconds)
            try:
                line.connect(self.address.removeprefix("unix:"))
            except OSError:
                line.close()
                raise
            return line
        host, _, port = self.address.removeprefix("tcp://").rpartition(":")
        return socket.create_connection((host.strip("[]"), int(port)), timeout=self.seconds)


def _not_scanned() -> RuleBroken:
    return RuleBroken(
        "The virus scanner does not answer, so the file cannot be kept now. Try again later; if it goes on, tell "
        "the person who looks after Plumbline.",
        code="not_scanned",
    )


def configured() -> Daemon | None:
    """The daemon of this installation (PLUMBLINE_CLAMAV); None where there is none. Read here and not handed down: so
    no way in can forget it."""
    return Daemon(settings.CLAMAV) if settings.CLAMAV else None
