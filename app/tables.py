"""Every room's tables, imported: what migrations and tests compare with the database."""

from sqlmodel import SQLModel

import app.accounts.models
import app.areas.models
import app.audit.models
import app.core.deletions
import app.core.idempotency
import app.core.revisions
import app.evaluations.models
import app.feeds.models
import app.indicators.models
import app.materials.models
import app.meetings.models.agenda
import app.meetings.models.attendances
import app.meetings.models.decisions
import app.meetings.models.draft_documents
import app.meetings.models.invitees
import app.meetings.models.meetings
import app.meetings.models.minutes
import app.meetings.models.proposals
import app.meetings.models.relays
import app.meetings.models.standing_items
import app.meetings.models.status_reports
import app.meetings.models.swaps
import app.networks.models
import app.organisations.models
import app.places.models
import app.plan.models
import app.programme.models
import app.statistics.models
import app.transfer.models
import app.year_clock.models  # noqa: F401

METADATA = SQLModel.metadata
