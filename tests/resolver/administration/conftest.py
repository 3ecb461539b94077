"""The same house, for administrators."""

from tests.resolver.registration.conftest import _domain_template as _domain_template
from tests.resolver.registration.conftest import domain_url as domain_url
from tests.resolver.registration.conftest import house as house
