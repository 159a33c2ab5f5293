"""What the servers are asked: the list of 50 meeting places, in each of the ways that matter."""

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from urllib.parse import urlsplit

PLACES = 50
PATH = f"/v1/meeting-places?limit={PLACES}"
FIRST_DAY = date(2025, 1, 1)  # from then on all places are open: the day changes the request and not its answer


@dataclass
class Days:
    """Days that no request has named yet, so that no answer to them is kept."""

    used: int = 0

    def next(self) -> date:
        self.used += 1
        return date.fromordinal(FIRST_DAY.toordinal() + self.used)


@dataclass(frozen=True)
class Request:
    """One request, sent again and again to ``url``; with ``days``, each names another day."""

    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    status: int = 200
    days: Days | None = None

    def bytes(self) -> Iterator[bytes]:
        """What to send, without end."""
        at = urlsplit(self.url)
        fields = "".join(f"{name}: {value}\r\n" for name, value in {"Host": at.netloc, **self.headers}.items())
        target = f"{at.path}?{at.query}"
        if self.days is None:
            return itertools.repeat(f"GET {target} HTTP/1.1\r\n{fields}\r\n".encode())
        days = iter(self.days.next, None)
        return (f"GET {target}&open_on={day} HTTP/1.1\r\n{fields}\r\n".encode() for day in days)
