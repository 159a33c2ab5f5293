"""The kinds of things that rights are given on: all rooms that have some."""

from app.accounts.reach import Kinds
from app.areas import service as areas_service
from app.evaluations.service import sight as evaluations_sight
from app.materials import service as materials_service
from app.meetings.service import kinds as meetings_kinds
from app.networks.service import agreement_terms as agreement_terms_service
from app.networks.service import member_list_checks as member_list_checks_service
from app.networks.service import networks as networks_service
from app.networks.service import seats as seats_service
from app.organisations.service import organisations as organisations_service
from app.organisations.service import persons as persons_service
from app.places import service as places_service
from app.plan.service import goals as goals_service
from app.plan.service import plans as plans_service
from app.statistics import service as statistics_service
from app.year_clock import service as year_clock_service

KINDS = Kinds(
    (
        areas_service.KIND,
        organisations_service.KIND,
        persons_service.KIND,
        places_service.KIND,
        networks_service.KIND,
        seats_service.KIND,
        agreement_terms_service.KIND,
        agreement_terms_service.STEP_KIND,
        member_list_checks_service.KIND,
        *meetings_kinds.KINDS,
        plans_service.KIND,
        goals_service.KIND,
        goals_service.NOTE,
        *materials_service.KINDS,
        year_clock_service.BREAK_KIND,
        evaluations_sight.KIND,
        statistics_service.KIND,
    )
)
