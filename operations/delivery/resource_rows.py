"""What the AWS provider calls for a resource of each type: one row a type, and nothing for a type without one.

Sources: the provider's own code (hashicorp/terraform-provider-aws, `internal/service/<service>/`, functions Create,
Read, Update and Delete of the resource, and `tags_gen.go`), and the resource types of AWS's Service Authorization
Reference for what each action can be narrowed to. Pulumi's AWS provider is that code.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from operations.delivery.alarm_rows import ALARM_ROWS
from operations.delivery.grants import Grant
from operations.delivery.job_rows import JOB_ROWS

ROWS: Final[Mapping[str, tuple[Grant, ...]]] = {**ALARM_ROWS, **JOB_ROWS}
"""Type token -> its row."""
