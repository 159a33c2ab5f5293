"""What every room needs and no room owns: knows SQL and HTTP, knows nothing of families."""

import app.core.naming  # noqa: F401 - before any table is made
