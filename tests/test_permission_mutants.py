"""The permission table against itself: each need and each guard, loosened in turn, must show.

A mutant that no cell and no check notices is a permission that nothing tests. Guards are the same on both engines, so
one is enough here.
"""

import re
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from importlib import import_module
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute, iter_route_contexts
from sqlalchemy import select, true
from starlette.testclient import TestClient

from app import deployment
from app.accounts.models import Grant, MachineToken, User
from app.accounts.reach import Kind
from app.accounts.service import trail
from app.areas.models import Area
from app.core import ids, rows
from app.core.needs import Need
from app.main import create_app
from app.transfer.models import ImportReport
from tests.conftest import settings_for
from tests.permission_checks import CHECKS
from tests.permission_requests import TAKES, World
from tests.test_permissions import wrong_cells, wrong_checks


@pytest.fixture
def world(only_sqlite: str) -> Iterator[tuple[World, FastAPI]]:
    settings = settings_for(only_sqlite)
    database = deployment.database(settings)
    app = create_app(settings, database)
    with TestClient(app, raise_server_exceptions=False) as client:
        yield World(client, database), app
    database.engine.dispose()


def needs_of(app: FastAPI) -> dict[str, Any]:
    """The functions that check scopes, by operation; some operations share one."""
    found: dict[str, Any] = {}
    for context in iter_route_contexts(app.routes):
        route = context.original_route
        for dependency in route.dependant.dependencies if isinstance(route, APIRoute) else ():
            need = getattr(dependency.call, "need", None)
            if need is not None and need.kind == "scope":
                found[str(context.operation_id)] = dependency.call
    return {operation: found[operation] for operation in TAKES}


@dataclass(frozen=True)
class Mutant:
    """A guard that lets through: an attribute of a module and what stands in its place.

    ``used_in`` are the functions that call it: elsewhere it goes on as it was. ``operations`` and ``checks`` are
    where it should show.
    """

    where: str
    attribute: str
    instead: Callable[..., Any]
    operations: tuple[str, ...] = ()
    checks: tuple[str, ...] = ()
    used_in: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        shown = f" at {', '.join(self.operations)}" if self.operations else ""
        return f"{self.where}.{self.attribute}" + (f" in {', '.join(self.used_in)}" if self.used_in else "") + shown

    def put(self, patch: pytest.MonkeyPatch) -> None:
        module_name, _, within = self.where.partition(":")
        holder: Any = import_module(module_name)
        if within:
            holder = getattr(holder, within)
        before = getattr(holder, self.attribute)

        def stand_in(*args: Any, **kwargs: Any) -> Any:
            is_meant = not self.used_in or sys._getframe(1).f_code.co_name in self.used_in
            return (self.instead if is_meant else before)(*args, **kwargs)

        patch.setattr(holder, self.attribute, stand_in)


def let_through(*_: Any, **__: Any) -> None: ...


def yes(*_: Any, **__: Any) -> bool:
    return True


def nothing(*_: Any, **__: Any) -> list[Any]:
    return []


def every_row(*_: Any, **__: Any) -> Any:
    return true()


def every_county(session: Any, things: Any) -> Any:
    return select(Area.__table__.c.id)


def found(table: Any) -> Callable[..., Any]:
    """The row, whoever asks."""

    def instead(session: Any, kinds: Any, caller: Any, id: str, *, lock: bool = False) -> Any:
        return rows.find(session, table, id, lock=lock)

    return instead


def any_report(session: Any, import_id: str, caller: Any) -> Any:
    return session.get(ImportReport, ids.as_uuid(import_id)).model_dump(exclude={"caller_id"})


def any_thing(kind: Kind, session: Any, caller: Any, reference: str) -> Any:
    return kind.chain_of(session, reference)


def whole_entries(session: Any, entries: Any, only: Any, *, shown: Any = trail.shown) -> Any:
    return shown(session, entries, None)


SERVICE = "app.accounts.service"
MEETINGS = "app.meetings.service.meetings"
NETWORKS = "app.networks.service.networks"
EVALUATIONS = "app.evaluations.service"
PEOPLE_HERE = "a contact person sees who has something to do with their place"
GRANTS_HERE = "the list of grants has those within reach"
MACHINES_HERE = "an administrator of a municipality sees the machines of its places"
GUARDS = (
    # Who may do this, but not here
    Mutant("app.places.service", "must_reach", let_through, ("foundMeetingPlace",), used_in=("found",)),
    Mutant(
        "app.places.service",
        "must_reach",
        let_through,
        checks=("nobody moves a place to where they have no right",),
        used_in=("change",),
    ),
    Mutant("app.transfer.service", "must_reach", let_through, checks=("regions take a scope on everything",)),
    Mutant(f"{SERVICE}.trail", "must_see", let_through, ("listAuditEntries",)),
    Mutant("app.networks.service.networks", "must_reach", let_through, ("foundNetwork",)),
    Mutant("app.year_clock.service", "must_reach", let_through, ("addSchoolBreak",)),
    Mutant(
        "app.follow_up.service.proposals:networks",
        "reachable",
        every_row,
        ("proposeMeetings",),
        checks=("a lead is proposed meetings of their network alone",),
        used_in=("_meeting_in",),
    ),
    Mutant(
        "app.follow_up.service.accepting",
        "must_reach",
        let_through,
        checks=("nobody hears of windows that are taken far away",),
    ),
    Mutant(
        "app.follow_up.service.turns:networks",
        "reachable",
        every_row,
        checks=("a lead of another network does not see who takes turns as the secretary",),
        used_in=("shown",),
    ),
    Mutant(
        "app.networks.service.seats",
        "knows",
        yes,
        checks=("a reader sees no names without consent",),
        used_in=("list_members",),
    ),
    Mutant(
        "app.networks.service.seats",
        "_must_know",
        let_through,
        checks=("a machine that may not see persons names nobody",),
    ),
    Mutant(
        "app.organisations.service.rights",
        "_must_be_able",
        let_through,
        checks=("a contact's rights on a place far away are given by who has them there",),
    ),
    Mutant(
        "app.organisations.service.organisations", "must_reach", let_through, ("addOrganisation",), used_in=("add",)
    ),
    Mutant(
        "app.organisations.service.organisations",
        "must_reach",
        let_through,
        checks=("an organisation moves nowhere else",),
        used_in=("_must_move",),
    ),
    Mutant("app.organisations.service.persons", "must_reach", let_through, ("addPerson",), used_in=("add",)),
    Mutant(
        "app.organisations.service.persons",
        "must_reach",
        let_through,
        checks=("a person moves to no organisation far away",),
        used_in=("_moved_to",),
    ),
    Mutant(
        "app.organisations.service.persons",
        "must_be_seen",
        let_through,
        checks=("who may not see persons does not change them",),
        used_in=("_to_change",),
    ),
    Mutant(
        "app.organisations.service.persons",
        "must_be_seen",
        let_through,
        checks=("who may not see persons does not erase them",),
        used_in=("_to_erase",),
    ),
    Mutant(
        "app.organisations.service.persons",
        "reachable",
        every_row,
        checks=("an administrator of a municipality sees its persons",),
    ),
    Mutant(
        "app.organisations.service.persons:grants",
        "must_be_able_to_give",
        let_through,
        checks=("a machine that may not give rights links nobody",),
        used_in=("_sign_in",),
    ),
    Mutant(
        "app.organisations.service.persons:users",
        "seen",
        found(User),
        checks=("a person gets no sign-in of somebody far away",),
        used_in=("_must_see",),
    ),
    Mutant(
        "app.organisations.service.rights",
        "must_be_able_to_give",
        let_through,
        checks=("who could not give a contact person's rights does not take them by a sign-in",),
        used_in=("link",),
    ),
    Mutant(
        "app.organisations.service.rights",
        "must_be_able_to_give",
        let_through,
        checks=("who could not give a contact person's rights does not end them by erasing",),
        used_in=("erase",),
    ),
    # Nobody gives more than they have
    Mutant(f"{SERVICE}.grants", "must_be_able_to_give", let_through, ("giveGrant",), used_in=("must_be_givable",)),
    Mutant(f"{SERVICE}.grants", "must_be_able_to_give", let_through, ("inviteUser",), used_in=("must_be_givable",)),
    Mutant(
        f"{SERVICE}.grants",
        "must_be_able_to_give",
        let_through,
        checks=("one can't lengthen one's own grant",),
        used_in=("change",),
    ),
    Mutant(f"{SERVICE}.grants", "must_be_able_to_give", let_through, ("makeToken",), used_in=("make",)),
    Mutant(f"{SERVICE}.grants", "must_be_changeable", let_through, checks=("one ends no wider grant",)),
    Mutant(
        f"{SERVICE}.users",
        "must_manage",
        let_through,
        checks=("who records elsewhere too is not changed from here",),
    ),
    # What is out of reach is not there
    Mutant(f"{SERVICE}.users", "seen", found(User), ("readUser",), used_in=("read_user",)),
    Mutant(f"{SERVICE}.users", "seen", found(User), ("changeUser", "makeLink"), used_in=("_to_change",)),
    Mutant(f"{SERVICE}.grants", "seen", found(Grant), ("readGrant",), used_in=("read_grant",)),
    Mutant(f"{SERVICE}.grants", "seen", found(Grant), ("changeGrant",), used_in=("_to_change",)),
    Mutant(f"{SERVICE}.machines", "seen", found(MachineToken), ("readToken",), used_in=("read_token",)),
    Mutant(f"{SERVICE}.machines", "seen", found(MachineToken), ("revokeToken",), used_in=("_to_revoke",)),
    Mutant("app.transfer.service", "report_of", any_report, ("readImport",)),
    # Lists
    Mutant(f"{SERVICE}.users", "visible", let_through, checks=(PEOPLE_HERE,), used_in=("list_users",)),
    Mutant(f"{SERVICE}.users", "visible", let_through, checks=(GRANTS_HERE,), used_in=("list_grants",)),
    Mutant(
        f"{SERVICE}.users",
        "visible",
        let_through,
        checks=("of somebody's grants one sees those within reach",),
        used_in=("shown",),
    ),
    Mutant(f"{SERVICE}.grants", "seen_by", every_row, checks=(PEOPLE_HERE,), used_in=("visible",)),
    Mutant(f"{SERVICE}.grants", "seen_by", every_row, ("readGrant",), used_in=("seen",)),
    Mutant(f"{SERVICE}.grants", "in_reach", every_row, ("readUser",)),
    Mutant(f"{SERVICE}.machines", "seen_by", every_row, checks=(MACHINES_HERE,), used_in=("list_tokens",)),
    Mutant(f"{SERVICE}.machines", "seen_by", every_row, ("readToken",), used_in=("seen",)),
    Mutant(
        "app.places.service",
        "reachable",
        every_row,
        checks=("a recorder sees the days of their place",),
        used_in=("list_visits",),
    ),
    Mutant(
        "app.places.service",
        "reachable",
        every_row,
        checks=("a row of another place does not",),
        used_in=("_reached",),
    ),
    Mutant(
        "app.places.service",
        "reachable",
        every_row,
        checks=("who records near sees no small count",),
        used_in=("is_reached",),
    ),
    Mutant("app.statistics.reports", "is_reached", yes, checks=("whose time is over sees no small count",)),
    Mutant(
        f"{SERVICE}.trail",
        "shown",
        whole_entries,
        checks=("a coordinator sees of a command what it did to the item",),
    ),
    # Meetings: where, and what of them stays among members
    Mutant(MEETINGS, "must_reach", let_through, ("planMeeting",)),
    Mutant(
        MEETINGS,
        "where_it_sees",
        every_row,
        checks=("strangers see the meetings that are public",),
        used_in=("known_to",),
    ),
    Mutant(
        MEETINGS,
        "where_it_sees",
        every_row,
        checks=("a hidden meeting is not there for strangers",),
        used_in=("seen",),
    ),
    Mutant(
        MEETINGS,
        "where_it_sees",
        every_row,
        checks=("who may only write sees no remote address",),
        used_in=("shown",),
    ),
    Mutant(
        MEETINGS,
        "where_it_sees",
        every_row,
        checks=("a hidden matter is not there for strangers",),
        used_in=("item_seen",),
    ),
    Mutant(
        "app.meetings.service.minutes",
        "where_it_sees",
        every_row,
        checks=("strangers read the extract of approved minutes",),
    ),
    Mutant("app.meetings.service.invitees", "_must_be_theirs", let_through, ("recordAnswers",)),
    Mutant("app.meetings.service.proposals", "_plans", yes, ("proposeTopic",)),
    *(
        Mutant(f"app.meetings.endpoints.{of}", "must_see", let_through, (operation,), used_in=(function,))
        for of, operation, function in (
            ("invitees", "listInvitees", "list_invitees"),
            ("proposals", "listTopicProposals", "list_topic_proposals"),
            ("proposals", "readTopicProposal", "read_topic_proposal"),
            ("decisions", "readDecision", "read_decision"),
        )
    ),
    Mutant(NETWORKS, "sits", yes, ("readDecision",), used_in=("must_see",)),
    Mutant(NETWORKS, "sits", yes, ("readTopicProposal",), used_in=("_sees",)),
    Mutant(
        NETWORKS,
        "sitting",
        every_row,
        checks=("a lead elsewhere sees no draft of minutes",),
        used_in=("where_it_sees",),
    ),
    Mutant(MEETINGS, "sees_all", yes, checks=("who may only write sees not what a matter is about",)),
    Mutant(
        NETWORKS,
        "reachable",
        every_row,
        checks=("a lead sees the hidden meetings of their network",),
        used_in=("where_it_sees",),
    ),
    Mutant(
        NETWORKS,
        "reachable",
        every_row,
        checks=("a lead sees the decisions of their network",),
        used_in=("list_decisions",),
    ),
    Mutant(
        "app.accounts.reach:Kind",
        "chain_for",
        any_thing,
        checks=("what is hidden is not there for a lead elsewhere who would changeMeeting",),
        used_in=("_looked_up",),
    ),
    Mutant(
        "app.accounts.reach:Kind",
        "chain_for",
        any_thing,
        checks=("a matter is not about a meeting that one may not know of",),
        used_in=("faults_of_about",),
    ),
    # Evaluations: who judges, who sees it, and who is named
    Mutant(f"{EVALUATIONS}.evaluations", "must_reach", let_through, ("recordEvaluation",), used_in=("record",)),
    Mutant(
        f"{EVALUATIONS}.evaluations",
        "must_reach",
        let_through,
        checks=("hosts do not change what their peers found",),
        used_in=("must_judge",),
    ),
    Mutant(
        f"{EVALUATIONS}.evaluations",
        "must_reach",
        let_through,
        checks=("hosts do not take away what their peers found",),
        used_in=("must_judge",),
    ),
    Mutant(
        f"{EVALUATIONS}.evaluations",
        "must_reach",
        let_through,
        checks=("peers do not hand an evaluation to others",),
        used_in=("change",),
    ),
    Mutant(
        f"{EVALUATIONS}.sight",
        "seen_by",
        every_row,
        checks=("a contact person sees none of another place that is not shared",),
        used_in=("list_evaluations",),
    ),
    Mutant(f"{EVALUATIONS}.sight", "seen_by", every_row, ("readEvaluation",), used_in=("seen",)),
    Mutant(f"{EVALUATIONS}.sight", "seen_by", every_row, ("changeEvaluation",), used_in=("_shows_to",)),
    Mutant(
        f"{EVALUATIONS}.sight",
        "_counties_of",
        every_county,
        checks=("what is shared is not there for another county",),
    ),
    Mutant(
        "app.organisations.service.persons",
        "reachable",
        every_row,
        checks=("a contact person sees which organisation judged",),
        used_in=("_whole",),
    ),
    Mutant(
        "app.organisations.service.persons",
        "reachable",
        every_row,
        checks=("who does not know a person does not name them",),
        used_in=("_visible",),
    ),
    # What all of these stand on
    Mutant("app.accounts.rules:Held", "covers", yes, ("readVisitDay",)),
    Mutant(
        "app.accounts.rules:Held",
        "spans",
        yes,
        checks=("a contact person gives nothing for longer than they have it",),
    ),
    Mutant("app.accounts.rules:Caller", "may", yes, ("listVisitsOfPlace",)),
    Mutant("app.accounts.rules:Caller", "reach", nothing, ("readUser",)),
    Mutant("app.accounts.rules:Caller", "could_give", yes, ("giveGrant",)),
)


def difference(world: World, operations: Iterable[str], checks: Iterable[str]) -> tuple[str, str] | None:
    """The first cell, or else check, that is not as people wrote it; a server that broke is no such thing."""
    for kind, wrong in (("cell", wrong_cells(world, operations)), ("check", wrong_checks(world, checks))):
        for told in wrong:
            assert not re.search(r"found \(?500\b", told), told
            return kind, told
    return None


def test_no_need_and_no_guard_can_be_loosened_unnoticed(
    world: tuple[World, FastAPI], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, app = world
    killed: dict[str, list[str]] = {"cell": [], "check": []}
    survivors = []

    def run(name: str, operations: Iterable[str], checks: Iterable[str]) -> None:
        noticed = difference(asked, operations, checks)
        killed[noticed[0]].append(name) if noticed else survivors.append(name)

    needs = needs_of(app)
    for operation, check in needs.items():
        stated: Need = check.need
        loosened = [("without its scope", replace(stated, scope=None))]
        if stated.at:
            loosened.append(("anywhere", replace(stated, at=None)))
        for how, need in loosened:
            with monkeypatch.context() as patch:
                patch.setattr(check, "need", need)
                run(f"{operation} {how}", [operation], [f"{operation} tells which scope it takes"])
    for guard in GUARDS:
        with monkeypatch.context() as patch:
            guard.put(patch)
            run(guard.name, guard.operations, guard.checks)

    by_cell, by_check = killed["cell"], killed["check"]
    print(
        f"{len(by_cell) + len(by_check) + len(survivors)} mutants: killed {len(by_cell)} by cells of the table and",
        end=" ",
    )
    print(f"{len(by_check)} by the checks beside it, survived {len(survivors)}")
    print("By checks:", "; ".join(by_check))
    assert survivors == [], "\n" + "\n".join(survivors)
    left_behind = [*wrong_cells(asked, TAKES), *wrong_checks(asked, CHECKS)]
    assert left_behind == [], "\n" + "\n".join(left_behind)
