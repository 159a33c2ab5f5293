"""Network addresses of clients."""

from functools import lru_cache
from ipaddress import ip_address, ip_network


@lru_cache(4096)
def network_of(address: str) -> str:
    """What one holder of an address has at hand: of IPv6 the network of 64 bits, else the address."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    if found.version == 4:
        return address
    if found.ipv4_mapped:  # how a socket for both kinds tells an IPv4 address: all of them are one network of IPv6
        return str(found.ipv4_mapped)
    return str(ip_network((found, 64), strict=False))
