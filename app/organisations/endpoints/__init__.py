"""``/v1/organisation-kinds``, ``/v1/organisations``, ``/v1/persons``"""

from app.organisations.endpoints.organisations import router as organisations
from app.organisations.endpoints.persons import router as persons

ROUTERS = (organisations, persons)
