"""Plan files with one fault each, made of the good one; and the plan of a county beside it."""

from typing import Any

from tests.transfer.plans import GONE, GOOD

ELSEWHERE: dict[str, Any] = {  # another county's, loaded before
    "format": 1,
    "county": "county-91",
    "areas": [
        {"slug": "county-91", "kind": "wellbeing_county", "code": "91", "name": {"fi": "Muu"}, "holds_plan": True},
        {
            "slug": "911",
            "kind": "municipality",
            "code": "911",
            "name": {"fi": "Muula"},
            "within": {"service": "county-91"},
            "aliases": {"sotkanet": ["9191"]},
        },
        {"slug": "alone", "kind": "municipality", "code": "912", "name": {"fi": "Yksin"}},
    ],
    "organisation_kinds": [{"code": "theirs", "name": {"fi": "Heidän"}}],
    "organisations": [{"slug": "muula", "kind": "theirs", "name": {"fi": "Muulan kunta"}}],
    "meeting_places": [{"slug": "muutupa", "municipality": "911", "name": {"fi": "Tupa"}}],
    "network_kinds": [
        {"code": "theirs", "name": {"fi": "Heidän"}, "roles": [{"code": "boss", "name": {"fi": "Pomo"}}]}
    ],
    "networks": [{"slug": "muu-group", "kind": "theirs", "name": {"fi": "Muu ryhmä"}, "area": "911"}],
    "plan": {
        "slug": "muu-plan",
        "title": {"fi": "Muu"},
        "first_year": 2026,
        "last_year": 2027,
        "revision": 1,
        "valid_from": "2026-01-01",
        "summary": {"fi": "Uusi"},
    },
}


FIELD = {"code": "other", "name": {"fi": "Muu"}, "unit": "visit", "hard_max": 9}
FORM = GOOD["statistics_forms"][0] | {"fields": [FIELD]}
WRONG: list[tuple[str, Any, str]] = [  # a place, what stands there, the fault
    ("/areas/5/within/service", "903", "lies-in-itself"),
    ("/areas/5/successor", "903", "lies-in-itself"),
    ("/materials/0/slug", "01a20ed2-627c-790d-ac0b-63c4f4850ec5", "looks-like-an-id"),
    ("/county", "nowhere", "unknown-area"),
    ("/county", "901", "holds-no-plan"),
    ("/areas/3/within/service", "nowhere", "unknown-area"),
    ("/areas/5/successor", "nowhere", "unknown-area"),
    ("/areas/4/code", "901", "taken"),
    ("/areas/4/code", "491", "taken"),
    ("/areas/2/holds_plan", True, "taken-by-another-county"),
    ("/areas/4/within/service", "county-91", "taken-by-another-county"),
    ("/organisations/3/kind", "nothing", "unknown-organisation-kind"),
    ("/organisations/3/kind", "theirs", "unknown-organisation-kind"),
    ("/organisations/1/municipality", "999", "unknown-area"),
    ("/organisations/1/municipality", "area-ranta", "not-a-municipality"),
    ("/organisations/1/municipality", "911", "taken-by-another-county"),
    ("/organisations/1/municipality", "alone", "not-in-this-county"),
    ("/meeting_places/0/municipality", "999", "unknown-area"),
    ("/meeting_places/0/municipality", "903", "ended"),
    ("/meeting_places/0/municipality", "alone", "not-in-this-county"),
    ("/networks/1/kind", "nothing", "unknown-network-kind"),
    ("/networks/0/area", "nowhere", "unknown-area"),
    ("/networks/0/area", "911", "taken-by-another-county"),
    ("/networks/1/place", "nowhere", "unknown-place"),
    ("/networks/0/convener", "nobody", "unknown-organisation"),
    ("/networks/1/keeper", "muula", "taken-by-another-county"),
    ("/networks/1/steered_by/0", "nobody", "unknown-network"),
    ("/networks/1/steered_by/0", "muu-group", "taken-by-another-county"),
    ("/networks/1/seats/0/role", "family", "unknown-role"),
    ("/networks/1/seats/0/organisation", "nobody", "unknown-organisation"),
    ("/networks/1/seats/1/place", "nowhere", "unknown-place"),
    ("/networks/0/seats/0/organisation", GONE, "seat-without-organisation"),
    ("/statistics_forms/0/fields/2/part_of", "nothing", "unknown-field"),
    ("/statistics_forms/0/fields/3/at_most/1", "nothing", "unknown-field"),
    ("/criteria_sets/0/criteria/0/area", "welcome", "unknown-heading"),
    ("/criteria_sets/0/criteria/0/topic", "people", "unknown-topic"),
    ("/year_clocks/0/windows/0/network_kind", "nothing", "unknown-network-kind"),
    ("/reviewed_documents/0/owner", "nobody", "unknown-network"),
    ("/materials/0/document", "nothing", "unknown-document"),
    ("/support_groups/0/forms/0/providers/1", "nobody", "unknown-organisation-kind"),
    ("/support_groups/0/forms/0/providers/1", "wellbeing_county", "taken"),
    ("/plan/slug", "muu-plan", "taken-by-another-county"),
    ("/plan/last_year", 2025, "wrong-order"),
    ("/plan/goals/0/focus_areas/1", "f9", "unknown-focus-area"),
    ("/plan/goals/0/focus_areas/1", "f1", "taken"),
    ("/plan/goals/0/network", "muu-group", "taken-by-another-county"),
    ("/plan/goals/1/network_kind", "nothing", "unknown-network-kind"),
    ("/plan/goals/1/code", "4.1", "taken"),
    ("/plan/goals/0/measures/1/code", "a", "taken"),
    ("/plan/rules/1/code", "r1-county", "taken"),
    ("/plan/rules/0/type", "wish", "not-one-of"),
    ("/plan/rules/0/parameters/times", 0, "too-small"),
    ("/plan/rules/0/subject/of", GONE, "missing"),
    ("/plan/rules/0/subject/of", "nobody", "unknown-network"),
    ("/plan/rules/0/subject/of", "muu-group", "taken-by-another-county"),
    ("/plan/rules/1/subject/of", "nothing", "unknown-network-kind"),
    ("/plan/rules/8/subject/of", "nothing", "unknown-document"),
    ("/plan/rules/2/parameters/clock", "nothing", "unknown-year-clock"),
    ("/plan/rules/2/parameters/windows/0", "autumn", "unknown-window"),
    ("/plan/rules/3/parameters/party/organisation_kind", "nobody", "unknown-organisation-kind"),
    ("/plan/rules/3/parameters/party/role", "contact", "unknown-role"),
    ("/plan/rules/4/parameters/party/organisation", "nobody", "unknown-organisation"),
    ("/plan/rules/7/parameters/criteria_set", "nothing", "unknown-criteria-set"),
    ("/plan/rules/9/parameters/choose_roles/0", "contact", "unknown-role"),
    ("/plan/rules/10/parameters/among/0", "nobody", "unknown-network"),
]
WRONG_TOGETHER: dict[str, tuple[list[tuple[str, Any]], str, str]] = {  # changes, and the fault with its place
    "area twice": ([("/areas/-", GOOD["areas"][3] | {"code": "999"})], "taken", "/areas/6/slug"),
    "alias twice": ([("/areas/3/aliases", {"sotkanet": ["9090"]})], "taken", "/areas/3/aliases/sotkanet/0"),
    "alias of a stored area": ([("/areas/3/aliases", {"sotkanet": ["9191"]})], "taken", "/areas/3/aliases/sotkanet/0"),
    "area of another county": (
        [("/areas/-", {"slug": "911", "kind": "municipality", "code": "911", "name": {"fi": "Muula"}})],
        "taken-by-another-county",
        "/areas/6/slug",
    ),
    "area that ends before it begins": ([("/areas/5/valid_from", "2025-01-01")], "wrong-order", "/areas/5/valid_to"),
    "kind of organisation twice": (
        [
            ("/organisation_kinds/2/code", "municipality"),
            ("/organisations/3/kind", "municipality"),
            ("/plan/rules/3/parameters/party/organisation_kind", "municipality"),
            ("/support_groups/0/forms/0/providers/1", "municipality"),
        ],
        "taken",
        "/organisation_kinds/2/code",
    ),
    "organisation of another county": (
        [("/organisations/-", {"slug": "muula", "kind": "association", "name": {"fi": "Muula"}})],
        "taken-by-another-county",
        "/organisations/4/slug",
    ),
    "organisation twice": ([("/organisations/-", GOOD["organisations"][3])], "taken", "/organisations/4/slug"),
    "place of another county": (
        [("/meeting_places/-", {"slug": "muutupa", "municipality": "901", "name": {"fi": "Tupa"}})],
        "taken-by-another-county",
        "/meeting_places/1/slug",
    ),
    "two places of a name": (
        [("/meeting_places/-", {"slug": "toinen", "municipality": "901", "name": {"fi": "MAJAKKA"}})],
        "name-taken",
        "/meeting_places/1/name",
    ),
    "role twice": (
        [("/network_kinds/0/roles/-", GOOD["network_kinds"][0]["roles"][1])],
        "taken",
        "/network_kinds/0/roles/3/code",
    ),
    "steering network twice": ([("/networks/1/steered_by/-", "county-90-group")], "taken", "/networks/1/steered_by/1"),
    "a network that steers itself": (
        [("/networks/0/steered_by", ["county-90-group"])],
        "steered-in-a-circle",
        "/networks/0/steered_by/0",
    ),
    "network of another county": (
        [("/networks/-", GOOD["networks"][0] | {"slug": "muu-group"})],
        "taken-by-another-county",
        "/networks/2/slug",
    ),
    "network that ends before it begins": (
        [("/networks/0/valid_from", "2026-01-01"), ("/networks/0/valid_to", "2026-01-01")],
        "wrong-order",
        "/networks/0/valid_to",
    ),
    "two chairs": (
        [("/networks/0/seats/-", GOOD["networks"][0]["seats"][0])],
        "one-at-a-time",
        "/networks/0/seats/3/role",
    ),
    "contact of no place": (
        [("/networks/1/place", GONE), ("/networks/1/seats/1/place", GONE)],
        "seat-without-place",
        "/networks/1/seats/1/place",
    ),
    "form twice": ([("/statistics_forms/-", FORM)], "taken", "/statistics_forms/1/form_version"),
    "field twice": (
        [("/statistics_forms/0/fields/-", GOOD["statistics_forms"][0]["fields"][0])],
        "taken",
        "/statistics_forms/0/fields/4/code",
    ),
    "criterion twice": (
        [("/criteria_sets/0/criteria/-", GOOD["criteria_sets"][0]["criteria"][0])],
        "taken",
        "/criteria_sets/0/criteria/1/code",
    ),
    "edition of criteria twice": (
        [
            (
                "/criteria_sets/-",
                GOOD["criteria_sets"][0]
                | {"topics": [], "areas": [], "criteria": [{"code": "c", "text": {"fi": "C"}}]},
            )
        ],
        "taken",
        "/criteria_sets/1/edition",
    ),
    "seat before its network": (
        [
            ("/networks/0/seats/0/valid_from", "2026-01-01"),
            ("/networks/0/valid_from", "2026-06-01"),
            ("/networks/0/seats/1/valid_from", "2026-07-01"),
            ("/networks/0/seats/2/valid_from", "2026-07-01"),
        ],
        "outside-the-network",
        "/networks/0/seats/0/valid_from",
    ),
    "window that ends before it begins": (
        [("/year_clocks/0/windows/0/first_month", 4)],
        "ends-before-it-begins",
        "/year_clocks/0/windows/0/last_month",
    ),
    "window twice": (
        [("/year_clocks/0/windows/-", GOOD["year_clocks"][0]["windows"][0])],
        "taken",
        "/year_clocks/0/windows/1/code",
    ),
    "half a window of review": (
        [("/reviewed_documents/0/review_from_month", GONE)],
        "half-a-window",
        "/reviewed_documents/0/review_from_month",
    ),
    "review that ends before it begins": (
        [("/reviewed_documents/0/review_from_month", 11)],
        "ends-before-it-begins",
        "/reviewed_documents/0/review_to_month",
    ),
    "material twice": ([("/materials/-", GOOD["materials"][0])], "taken", "/materials/1/slug"),
    "form of support twice": (
        [("/support_groups/0/forms/-", GOOD["support_groups"][0]["forms"][0])],
        "taken",
        "/support_groups/0/forms/1/code",
    ),
    "fact twice": ([("/plan/background/-", GOOD["plan"]["background"][0])], "taken", "/plan/background/1/code"),
    "two owners of a goal": ([("/plan/goals/1/network", "rantala-group")], "two-owners", "/plan/goals/1/network_kind"),
    "rule that ends before it begins": (
        [("/plan/rules/5/valid_from", "2027-01-01")],
        "wrong-order",
        "/plan/rules/5/valid_to",
    ),
    "parameter missing": ([("/plan/rules/0/parameters", {})], "missing", "/plan/rules/0/parameters/times"),
    "parameter unknown": ([("/plan/rules/0/parameters/often", True)], "unknown-field", "/plan/rules/0/parameters"),
    "party of nobody": (
        [("/plan/rules/3/parameters/party", {})],
        "party-of-nobody",
        "/plan/rules/3/parameters/party/organisation_kind",
    ),
}
