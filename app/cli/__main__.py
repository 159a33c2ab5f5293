"""``python -m app.cli`` is ``perhekeskus``."""

from app.cli import main

main()
