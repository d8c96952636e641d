"""SG24: nothing in a job looks like a secret; a finding never shows the value."""

from collections.abc import Iterator, Mapping

from examples import job
from findings import Finding, property_path
from rule import Config, Judgement, Reference, ResourceRule, Severity
from secret_signs import announces_a_secret, is_reference, kind_of_secret
from statements import matches
from target_input import INPUT, SCHEDULE, TrainingJob, training_job

# Where names are the team's own; everywhere else they are the API's.
_NAMED_BY_THE_TEAM = ("Environment", "HyperParameters", "RuleParameters", "HookParameters", "ProfilingParameters")


def _check(job: TrainingJob, config: Config) -> Judgement:
    return list(_faults(job.request, INPUT, config, own_names=False))


def _faults(value: object, path: str, config: Config, *, own_names: bool) -> Iterator[Finding]:
    entries = value.items() if isinstance(value, Mapping) else enumerate(value) if isinstance(value, list) else ()
    for name, item in entries:
        where = property_path(path, name)
        if isinstance(item, Mapping | list):
            yield from _faults(item, where, config, own_names=own_names or name in _NAMED_BY_THE_TEAM)
        elif item not in (None, "") and not is_reference(str(item)):
            yield from _fault(str(name) if own_names else "", str(item), where, config)


def _fault(name: str, text: str, path: str, config: Config) -> Iterator[Finding]:
    if name in config["harmlessNames"]:
        return
    kind = kind_of_secret(text)
    named = announces_a_secret(name) or any(
        matches(pattern, name, ignore_case=True) for pattern in config["secretNames"]
    )
    if kind or named:
        fault = f"looks like {kind}" if kind else "its name says that it is a secret"
        cure = (
            "keep it in Secrets Manager, hand over its ARN, and take this value out of use: it has been in plain text"
        )
        yield Finding(path, f"{fault}, and everybody can read it here", cure)


RULE = ResourceRule(
    id="SG24",
    name="no-secrets",
    title="No secrets in environment, hyperparameters or elsewhere in the job",
    description="A job is shown in consoles and logs: environment, hyperparameters and the rest must hold no secret.",
    cure="Keep the secret in Secrets Manager and pass its ARN; read it in the training code.",
    url="https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateTrainingJob.html",
    severity=Severity.CRITICAL,
    reference=Reference("AWS Well-Architected Framework", "SEC02-BP03"),
    types=frozenset({SCHEDULE}),
    subject=training_job,
    check=_check,
    config={
        "harmlessNames": {
            "type": "array",
            "items": {"type": "string", "minLength": 1},
            "default": [],
            "description": "names of variables and hyperparameters that only look like secrets",
        },
        "secretNames": {
            "type": "array",
            "items": {"type": "string", "minLength": 1},
            "default": [],
            "description": "further names that announce a secret; * and ? are wildcards",
        },
    },
    good=job(Environment={"WAREHOUSE": "arn:aws:secretsmanager:us-east-1:123456789012:secret:warehouse-a1b2c3"}),
    bad=job(Environment={"WAREHOUSE_PASSWORD": "example"}),
)
