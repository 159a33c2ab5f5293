"""Which encoding a client gets."""

import pytest

from app.core import encodings


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("", ""),
        ("gzip", "gzip"),
        ("br", "br"),
        ("gzip, deflate, br", "br"),
        ("gzip, deflate, br, zstd", "br"),
        ("GZIP", "gzip"),
        ("gzip;q=1.0, br;q=0.5", "gzip"),
        ("br;q=0, gzip", "gzip"),
        ("br;q=0, gzip;q=0", ""),
        ("*", "br"),
        ("*;q=0", ""),
        ("gzip;q=0, *", "br"),
        ("identity", ""),
        ("identity, gzip;q=0.5", ""),
        ("identity;q=0.5, gzip", "gzip"),
        ("deflate", ""),
        ("gzip;q=much", ""),
        (";;,=,q", ""),
    ],
)
def test_the_encoding_that_a_client_ranks_first_is_chosen(accepted: str, encoding: str) -> None:
    assert encodings.chosen(accepted) == encoding


@pytest.mark.parametrize(
    ("media_type", "is_worth_it"),
    [
        ("application/json", True),
        ("text/csv; charset=utf-8", True),
        ("image/svg+xml", True),
        ("application/problem+json", True),
        ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", False),
        ("image/png", False),
    ],
)
def test_only_text_of_some_length_is_packed(media_type: str, is_worth_it: bool) -> None:
    assert encodings.is_worth_it(b"x" * 5000, media_type) == is_worth_it
    assert not encodings.is_worth_it(b"x" * 100, media_type)
