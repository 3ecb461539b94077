"""What was done in the domain, by whom, from where: one row for each act of an administrator and each one refused."""

from resolver.audit.models import COMMAND_LINE as COMMAND_LINE
from resolver.audit.models import Actor as Actor
from resolver.audit.store import record as record
