"""``/v1/auth``, ``/v1/me``, ``/v1/users``, ``/v1/grants``, ``/v1/tokens``, ``/v1/audit-entries``"""

from app.accounts.endpoints.audit import router as audit
from app.accounts.endpoints.auth import router as auth
from app.accounts.endpoints.grants import router as grants
from app.accounts.endpoints.tokens import router as tokens
from app.accounts.endpoints.users import router as users

ROUTERS = (auth, users, grants, tokens, audit)
