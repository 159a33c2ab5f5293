"""The mailing list of a network."""

from datetime import date

from sqlmodel import Session

from app.core.language import Language, Words
from app.core.spreadsheets import Table
from app.networks import queries
from app.networks.models import Network

HEADINGS = (
    Words("verkosto", "network"),
    Words("organisaatio", "organisation"),
    Words("henkilö", "person"),
    Words("sähköposti", "e-mail"),
    Words("rooli", "role"),
    Words("alkaa", "from"),
    Words("päättyy", "to"),
    Words("paikka", "place"),
    Words("virka", "office"),
    Words("varahenkilö", "deputy"),
    Words("varahenkilön sähköposti", "e-mail of deputy"),
)


def members(session: Session, network: Network, on: date, language: Language) -> Table:
    """The seats of a network on a day with all names and addresses: what the import of members reads."""
    found = session.execute(queries.seats(network_id=network.id, on=on)).all()
    return Table(
        [words.to(language) for words in HEADINGS],
        [
            (
                network.slug,
                seat.organisation_slug,
                seat.holder_display_name,
                seat.holder_work_email,
                seat.role_code,
                seat.valid_from,
                seat.valid_to,
                seat.place_slug,
                seat.office.to(language) if seat.office else None,
                seat.deputy_display_name,
                seat.deputy_work_email,
            )
            for seat in found
        ],
    )
