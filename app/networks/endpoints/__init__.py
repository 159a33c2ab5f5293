"""``/v1/network-kinds``, ``/v1/networks``, ``/v1/seats``, ``/v1/agreement-terms``, ``/v1/member-list-checks``"""

from app.networks.endpoints.agreement_terms import router as agreement_terms
from app.networks.endpoints.member_list_checks import router as member_list_checks
from app.networks.endpoints.networks import router as networks

ROUTERS = (networks, agreement_terms, member_list_checks)
