"""The package's schema, made from the models that validate a stack's settings: descriptions, defaults, enums and all.

Source of the form: Pulumi's package schema. Inputs are plain, which means known when the program runs: the whole job is
judged at the first preview, and one value that comes from another resource would hide it.
"""

from typing import Final

from components.alarm_names import ALARM_OUTPUTS
from components.further_schedules import FIELD
from components.job_args import ScheduledTrainingJobArgs
from components.scheduled_training_job import OUTPUTS, TYPE_TOKEN
from provider.property_names import property_name
from provider.schema_types import ANYTHING, Json, SchemaTypes, required

PACKAGE: Final = TYPE_TOKEN.partition(":")[0]
OPTIONAL_OUTPUTS: Final = frozenset(
    {"artifact_store", "experiment_name", "registered_model_name", "tracking_uri", *ALARM_OUTPUTS}
)
_OUTPUTS_OF_FURTHER: Final = {
    "type": "object",
    "additionalProperties": {"type": "object", "additionalProperties": ANYTHING},
    "description": "Of each further schedule, by its name, those that are its own.",
}
_LANGUAGES: Final = {
    "nodejs": {"respectSchemaVersion": True},
    "python": {"respectSchemaVersion": True, "pyproject": {"enabled": True}},
    # Go's defaults of a required plain object do not compile: they are a pointer, and its place takes none.
    "go": {"respectSchemaVersion": True, "generateResourceContainerTypes": True, "disableObjectDefaults": True},
    "csharp": {"respectSchemaVersion": True},
    "java": {},
}


def package_schema(version: str) -> Json:
    """The schema of the package, as JSON has it."""
    types = SchemaTypes(PACKAGE)
    component = {
        "isComponent": True,
        "description": "A training job on SageMaker that EventBridge Scheduler starts by itself: schedule, roles, "
        "dead-letter queue and source bundle. All of it is known at the first preview.",
        "inputProperties": types.properties(ScheduledTrainingJobArgs),
        "requiredInputs": required(ScheduledTrainingJobArgs),
        "properties": {property_name(name): _output(name, text) for name, text in OUTPUTS.items()}
        | {property_name(FIELD): _OUTPUTS_OF_FURTHER},
        "required": [property_name(name) for name in OUTPUTS if name not in OPTIONAL_OUTPUTS],
    }
    return {
        "name": PACKAGE,
        "displayName": "Scheduled training jobs",
        "version": version,
        "description": "Scheduled model training on AWS: EventBridge Scheduler, SageMaker, MLflow.",
        "keywords": ["kind/component", "category/cloud", "sagemaker", "mlflow"],
        "license": "Apache-2.0",
        "meta": {"supportPack": True},
        "language": _LANGUAGES,
        "provider": {"description": "Has no configuration: components use the provider of AWS that they are given."},
        "types": types.found,
        "resources": {TYPE_TOKEN: component},
    }


def _output(name: str, text: str) -> Json:
    kind: Json = {"type": "string"}
    return ({"type": "object", "additionalProperties": kind} if name == "channels" else kind) | {"description": text}
