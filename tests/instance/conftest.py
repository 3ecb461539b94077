"""Houses as tests of accounts have them."""

from tests.accounts.conftest import house as house
from tests.accounts.test_administration import root as root
