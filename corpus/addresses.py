"""Which internet addresses a document may be fetched from: public ones, and nothing that leads back into a network."""

import ipaddress
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

Address = IPv4Address | IPv6Address

_PUBLIC_V6 = IPv6Network("2000::/3")
_NAT64 = IPv6Network("64:ff9b::/96")
# Python's tables (3.11) call these global, or know them only in later versions.
_CLOSED: tuple[IPv4Network | IPv6Network, ...] = (
    IPv4Network("192.0.0.0/24"),  # protocol assignments; one cloud's metadata is 192.0.0.192
    IPv4Network("192.88.99.0/24"),  # 6to4 relays
    IPv4Network("168.63.129.16/32"),  # the host of an Azure machine
    IPv6Network("2001::/23"),  # protocol assignments, Teredo among them, which carries IPv4 addresses
    IPv6Network("2002::/16"),  # 6to4, which carries IPv4 addresses
    IPv6Network("3fff::/20"),  # documentation
)


def is_loopback(address: Address) -> bool:
    """Tell whether the address is this machine itself."""
    return address.is_loopback


def is_public(address: Address) -> bool:
    """Tell whether the address is one of the public internet.

    Private, loopback, link-local (cloud metadata among it), shared, multicast, reserved and documentation addresses are not.
    IPv6 addresses that carry an IPv4 address are not either, except those of NAT64 (64:ff9b::/96), which stand for the IPv4
    address in them: a network without IPv4 gives them for ordinary sites.
    """
    if isinstance(address, IPv6Address):
        if address in _NAT64:
            return is_public(IPv4Address(int(address) & 0xFFFFFFFF))
        if address not in _PUBLIC_V6:
            return False
    closed = any(address.version == network.version and address in network for network in _CLOSED)
    return address.is_global and not (closed or address.is_multicast or address.is_reserved)


def parse(text: str) -> Address:
    """Return an address from its text; a zone, as in `fe80::1%eth0`, is dropped."""
    return ipaddress.ip_address(text.split("%", 1)[0])
