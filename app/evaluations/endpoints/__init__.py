"""``/v1/criteria-sets``, ``/v1/evaluations``"""

from app.evaluations.endpoints.criteria import router as criteria
from app.evaluations.endpoints.evaluations import router as evaluations

ROUTERS = (criteria, evaluations)
