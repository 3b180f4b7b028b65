"""By which address somebody is counted."""

from __future__ import annotations

import ipaddress

#: Bits of the network that a provider hands to one customer, who has 2⁶⁴ addresses in it.
_IPV6_CUSTOMER = 64


def network_of(address: str) -> str:
    """An address of IPv4 as it is, and of IPv6 its /64: all addresses that one customer has.

    One of IPv4 that is written as IPv6 is that of IPv4. What is no address stays what it is.
    """
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(ip, ipaddress.IPv4Address):
        return str(ip)
    if ip.ipv4_mapped:
        return str(ip.ipv4_mapped)
    return str(ipaddress.ip_network((int(ip), _IPV6_CUSTOMER), strict=False))
