"""What the routes of an application state, for those who stand in front of them."""

from collections.abc import Callable
from typing import NamedTuple

from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from starlette.routing import compile_path

from app.core.needs import Need
from app.core.route import Route


class Operation(NamedTuple):
    """An operation: its name, and what its signature states."""

    id: str
    need: Need


def public_reads(app: FastAPI) -> Callable[[str], Operation | None]:
    """A function that finds the public read at a path: one that states families of data, with which it changes."""
    reads = [
        (compile_path(context.path)[0], Operation(context.operation_id or "", route.need))
        for context in iter_route_contexts(app.routes)
        if isinstance(route := context.original_route, Route)
        and context.path is not None
        and "GET" in (context.methods or ())
    ]

    def found(path: str) -> Operation | None:
        first = next((operation for pattern, operation in reads if pattern.match(path)), None)
        return first if first and first.need.kind == "public" and first.need.families else None

    return found


def ways_in(app: FastAPI) -> frozenset[str]:
    """The paths to which passwords and one-time secrets are sent."""
    return frozenset(
        context.path
        for context in iter_route_contexts(app.routes)
        if isinstance(route := context.original_route, Route)
        and context.path is not None
        and route.need.kind == "entry"
        and "POST" in (context.methods or ())
    )
