"""The contract is kept whatever is sent: schemathesis makes requests from it, for each kind of caller.

Every check of schemathesis is on and no operation is left out. Two lists of statuses are wider than its own:

* A broken request is refused with any of our refusals. 412 and 428 are in the list, because of two things
  wrong at once either may be named; 413 is the answer to a body that is too large.
* A request that the schema allows may still be refused: 412 and 428 (another version, no version), 422 (rules
  that no JSON schema states: a cursor that we did not give, a municipality that is not there, a control
  character) and 400 (a whole number beyond I-JSON, a text that is not a CSV file).
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from app.accounts.models import User
from app.accounts.tokens import Signer
from app.core.database import Database
from tests.live import SECRET, serving

EXAMPLES = 1000 if os.environ.get("PERHEKESKUS_TEST_LONG") else 10  # at most, of each operation and phase
LEAST = 1900  # what the coverage phase alone makes of 24 operations
SEED = 1
CONFIG = """
[checks.negative_data_rejection]
expected-statuses = [400, 401, 403, 404, 405, 412, 413, 415, 422, 428]
[checks.positive_data_acceptance]
expected-statuses = ["2xx", 400, 401, 403, 404, 409, 412, 422, 428]
"""


@pytest.mark.parametrize("caller", ["admin", "reader", "anonymous"])
def test_no_request_breaks_the_contract(caller: str, database_url: str, database: Database, tmp_path: Path) -> None:
    with serving(database_url) as server:
        report, told = fuzzed(server.address, headers_of(caller, database), tmp_path)

    cases = report["test_cases"]
    print(f"\n{caller}: {cases['generated']} cases in {report['running_time']:.0f} s")
    assert report["failures"] == [], told
    assert report["errors"] == [], told
    assert report["complete"], told
    assert report["operations"]["tested"] == report["operations"]["total"]
    assert cases["generated"] >= LEAST


def fuzzed(address: str, headers: list[str], folder: Path) -> tuple[dict[str, Any], str]:
    """What ``st run`` reports and prints."""
    config, report = folder / "schemathesis.toml", folder / "report.json"
    config.write_text(CONFIG)
    run = [sys.executable, "-m", "schemathesis.cli", "--no-color", "--config-file", str(config), "run"]
    asked = [f"{address}/openapi.json", "--phases", "examples,coverage,fuzzing", "--seed", str(SEED)]
    amount = ["--max-examples", str(EXAMPLES), "--generation-database", "none", "--continue-on-failure"]
    told = ["--warnings", "off", "--report", "json", "--report-json-path", str(report)]
    done = subprocess.run(
        [*run, *asked, *amount, *told, *headers], cwd=folder, capture_output=True, text=True, check=False
    )
    assert report.exists(), done.stderr
    found: dict[str, Any] = json.loads(report.read_text())
    return found, done.stdout


def headers_of(caller: str, database: Database) -> list[str]:
    """The options by which a caller is known; none for the anonymous."""
    if caller == "anonymous":
        return []
    with database.reading() as session:
        user = session.scalars(select(User).where(User.email == f"{caller}@example.org")).one()  # type: ignore[arg-type]
    return ["--header", f"Authorization: Bearer {Signer(SECRET).token_for(user.id)}"]
