"""Selections of organisations and persons."""

from app.organisations.models import Organisation, OrganisationKind, Person, PersonRight

ORGANISATION = Organisation.__table__.c  # type: ignore[attr-defined]
KIND = OrganisationKind.__table__.c  # type: ignore[attr-defined]
PERSON = Person.__table__.c  # type: ignore[attr-defined]
RIGHT = PersonRight.__table__.c  # type: ignore[attr-defined]
