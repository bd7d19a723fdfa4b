"""The networks that are asked, in the order in which people see them.

A new network is one file beside this one, one line here and one test file.
"""

from collections.abc import Mapping
from types import MappingProxyType

from carriers.networks import docomo, kddi, mineo, rakuten, softbank
from carriers.networks.base import Network

NETWORKS: Mapping[str, Network] = MappingProxyType(
    {module.NETWORK.code: module.NETWORK for module in (docomo, kddi, softbank, rakuten, mineo)}
)
"""Every network by its code."""
