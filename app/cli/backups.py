"""``perhekeskus backup`` and ``restore``: the whole database in one file, and back."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from app.cli.console import AsJson, database, out, progress
from app.core.engines import normal_url
from app.tables import METADATA
from app.transfer import backup as writing
from app.transfer import restore as restoring
from app.transfer.backup_file import Manifest

backups = typer.Typer()


@backups.command()
def backup(
    file: Annotated[Path, typer.Argument(dir_okay=False, help="The file to write.")],
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace an old backup of that name.")] = False,
    as_json: AsJson = False,
) -> None:
    """Write the whole database to one file, also while the server runs."""
    with database() as found, progress(f"Writing {file.name}") as advance:
        manifest = writing.write(found, METADATA, file, overwrite=overwrite, progress=advance)
    _tell("Wrote", manifest, file, as_json)
    if not as_json:
        out.print("It holds personal data and hashes of passwords. The secret that signs tokens is not in it.")


@backups.command()
def restore(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A file that backup wrote.")],
    check: Annotated[bool, typer.Option("--check", help="Check the file, and store nothing.")] = False,
    as_json: AsJson = False,
) -> None:
    """Bring a backup back into an empty database, all of it or none."""
    if check:
        with progress(f"Checking {file.name}") as advance:
            manifest = restoring.check(file, progress=advance)
        _tell("Good:", manifest, file, as_json)
        return
    with database(is_migrated=False) as found, progress(f"Restoring {file.name}") as advance:
        manifest = restoring.restore(found, file, progress=advance)
        where = normal_url(found.url).render_as_string(hide_password=True)
    _tell("Restored", manifest, file, as_json)
    if not as_json:
        out.print(
            f"Into {where}. Check it: `perhekeskus doctor`.\n"
            "People must sign in again; tokens of machines go on as they were.",
            markup=False,
        )


def _tell(done: str, manifest: Manifest, file: Path, as_json: bool) -> None:
    size = file.stat().st_size
    facts: dict[str, Any] = {
        "file": str(file),
        "bytes": size,
        "rows": manifest.rows,
        "tables": {table.name: table.rows for table in manifest.tables},
        "schema_revision": manifest.schema_revision,
        "version": manifest.version,
        "created_at": manifest.created_at.isoformat(),
    }
    if as_json:
        out.print_json(json.dumps(facts))
        return
    out.print(
        f"{done} {file}: {len(manifest.tables)} tables, {manifest.rows} rows, {size} bytes, "
        f"schema {manifest.schema_revision}, made {manifest.created_at:%Y-%m-%d %H:%M} UTC",
        markup=False,
    )
