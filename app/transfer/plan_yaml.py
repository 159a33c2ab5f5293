"""A plan file as text: YAML of a bounded size and depth, aliases written out, each key once."""

from dataclasses import dataclass
from typing import Any

import yaml

from app.core.errors import Fault, Malformed, RuleBroken, TooLarge
from app.core.faults import CONTROL_CHARACTER, pointer_to
from app.core.language import Words
from app.core.text import composed, has_control_characters

try:
    from yaml import CSafeLoader as SafeLoader
except ImportError:  # where PyYAML was built without libyaml: slower, alike
    from yaml import SafeLoader  # type: ignore[assignment]

MOST_BYTES = 4 << 20
MOST_WRITTEN_OUT = 4 * MOST_BYTES  # with each alias in full
DEEPEST = 64
TAGS = [f"tag:yaml.org,2002:{name}" for name in ("null", "bool", "int", "float", "timestamp", "str", "seq", "map")]
NOTHING = Words("", "")
TOO_LONG = Words(": viittaukset (*nimi) tekevät siitä liian suuren", ": aliases (*name) make it too large")
IN_ITSELF = Words(": viittaus (*nimi) sisältää itsensä", ": an alias (*name) holds itself")
TOO_DEEP = Words(": sisäkkäisiä tasoja on liikaa", ": it is nested too deep")
KEY_TWICE = Words(": sama avain on kahdesti", ": the same key is there twice")
NOT_A_VALUE = Words(": arvoa ei voi lukea", ": this value can't be read")


class NotAPlanFile(Malformed):
    """The file is not YAML, or not of the plain kind that a plan is written in."""

    title = Words("Tiedosto ei ole YAML", "Not YAML")
    detail = Words(
        "Suunnitelmatiedostoa ei voi lukea{where.fi}{why.fi}.", "The plan file can't be read{where.en}{why.en}."
    )
    cure = Words("Korjaa tiedoston muoto (YAML, UTF-8).", "Mend the form of the file (YAML, UTF-8).")


class PlanFileTooLarge(TooLarge):
    """The plan file is larger than any plan."""

    title = Words("Suunnitelmatiedosto on liian suuri", "Plan file too large")
    detail = Words("Suunnitelmatiedostossa on enintään {most} tavua.", "A plan file has at most {most} bytes.")
    cure = Words("Tarkista, että tiedosto on suunnitelma.", "See whether the file is a plan.")


class PlanHasFaults(RuleBroken):
    """The plan file breaks rules; ``errors`` names each place in the file."""

    title = Words("Suunnitelmassa on virheitä", "The plan has faults")
    detail = Words("Suunnitelmassa on virheitä. Mitään ei ladattu.", "The plan has faults. Nothing was loaded.")
    cure = Words("Korjaa luetellut kohdat ja lataa uudestaan.", "Mend the places listed and load it again.")


class _Unfit(yaml.constructor.ConstructorError):
    def __init__(self, why: Words, mark: Any) -> None:
        super().__init__(None, None, why.en, mark)
        self.why = why


class _Loader(SafeLoader):
    """Plain values only."""

    yaml_constructors = {  # noqa: RUF012 - as the class above has it
        **{tag: SafeLoader.yaml_constructors[tag] for tag in TAGS},
        None: SafeLoader.yaml_constructors[None],
    }

    def construct_mapping(self, node: Any, deep: bool = False) -> Any:
        seen = set()
        for key, _ in node.value:
            if key.value in seen:
                raise _Unfit(KEY_TWICE, key.start_mark)
            if isinstance(key.value, str):
                seen.add(key.value)
        return super().construct_mapping(node, deep)

    def construct_object(self, node: Any, deep: bool = False) -> Any:
        try:
            return super().construct_object(node, deep)
        except (ValueError, OverflowError):  # the 30th of February, a number of a thousand digits
            raise _Unfit(NOT_A_VALUE, node.start_mark) from None


def value_of(raw: bytes) -> Any:
    """The value of a plan file, texts composed (NFC). Raises PlanFileTooLarge, NotAPlanFile, PlanHasFaults."""
    if len(raw) > MOST_BYTES:
        raise PlanFileTooLarge(most=MOST_BYTES)
    try:
        text = raw.decode("utf-8")
        _must_be_bounded(text)
        value = yaml.load(text, Loader=_Loader)  # noqa: S506 - plain values only
    except (yaml.YAMLError, UnicodeDecodeError) as broken:
        mark = getattr(broken, "problem_mark", None)
        where = Words(f", rivi {mark.line + 1}", f", line {mark.line + 1}") if mark else NOTHING
        raise NotAPlanFile(where=where, why=getattr(broken, "why", NOTHING)) from None
    wrong: list[Fault] = []
    value = _composed(value, (), wrong)
    if wrong:
        raise PlanHasFaults(faults=wrong)
    return value


@dataclass
class _Node:
    """How much is in a node, and how deep it goes, with each alias written out."""

    anchor: str | None
    size: int = 1
    height: int = 0


def _must_be_bounded(text: str) -> None:
    """Refuse what a small file could grow to: by aliases of aliases, or by nesting without end."""
    known: dict[str, _Node] = {}
    ahead = [_Node(None)]
    for event in yaml.parse(text, Loader=_Loader):
        if isinstance(event, yaml.CollectionStartEvent):
            ahead.append(_Node(event.anchor))
            node = None
        elif isinstance(event, yaml.ScalarEvent):
            node = _Node(event.anchor, 1 + len(event.value))
        elif isinstance(event, yaml.CollectionEndEvent):
            node = ahead.pop()
        elif isinstance(event, yaml.AliasEvent):
            if any(above.anchor == event.anchor for above in ahead):
                raise _Unfit(IN_ITSELF, event.start_mark)
            node = known.get(str(event.anchor))
        else:
            continue
        if node is not None:
            if node.anchor is not None:
                known[node.anchor] = node
            ahead[-1].size += node.size
            ahead[-1].height = max(ahead[-1].height, node.height + 1)
        if ahead[-1].size > MOST_WRITTEN_OUT:
            raise _Unfit(TOO_LONG, event.start_mark)
        if len(ahead) + ahead[-1].height > DEEPEST:
            raise _Unfit(TOO_DEEP, event.start_mark)


def _composed(value: Any, place: tuple[str | int, ...], wrong: list[Fault]) -> Any:
    if isinstance(value, str):
        if has_control_characters(value) or any("\ud800" <= c <= "\udfff" for c in value):
            wrong.append(Fault("control-character", CONTROL_CHARACTER, pointer=pointer_to(place)))
            return ""
        return composed(value)
    if isinstance(value, dict):
        return {
            _composed(key, place, wrong) if isinstance(key, str) else key: _composed(item, (*place, str(key)), wrong)
            for key, item in value.items()
        }
    if isinstance(value, list):
        return [_composed(item, (*place, index), wrong) for index, item in enumerate(value)]
    return value
