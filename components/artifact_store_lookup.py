"""Asks AWS for a tracking server or App, by way of the provider that the component is given.

The classic provider has no function of its own for either. Cloud Control reads any type of CloudFormation's registry,
and its answer is there before anything is declared, so that a role's policy is known at the first preview
(docs/adr/0057).
"""

import json
import re
from collections.abc import Mapping
from typing import Any, Final

import pulumi
import pulumi_aws as aws

from .artifact_stores import Ask, UnansweredError
from .mlflow_names import ManagedMlflow

_FAILED: Final = "invoke of "
"""How the SDK begins to tell that a provider function failed; its exception has no class of its own."""
_LEAD: Final = re.compile(
    r"^invoke of \S+ failed: |(?:invocation of|invoking) \S+ (?:returned an error: )?|1 error occurred: \* "
)
_MISSING: Final = re.compile(r"couldn't find resource|ResourceNotFoundException")
"""In the words of the provider's code (`internal/retry`) and of Cloud Control."""
_MOST: Final = 400


def artifact_store_lookup(component: pulumi.Resource | None = None) -> Ask:
    """A way to ask with the component's provider of AWS; without one, with the program's own."""

    def ask(mlflow: ManagedMlflow) -> Mapping[str, Any]:
        try:
            answer = aws.cloudcontrol.get_resource(
                type_name=mlflow.type_name,
                identifier=mlflow.identifier,
                region=mlflow.region,
                opts=pulumi.InvokeOptions(parent=component),
            )
        except Exception as error:
            told = " ".join(str(error).split())
            if not told.startswith(_FAILED):
                raise
            raise UnansweredError(_LEAD.sub("", told)[:_MOST], is_missing=bool(_MISSING.search(told))) from None
        properties: dict[str, Any] = json.loads(answer.properties or "{}")
        return properties

    return ask
