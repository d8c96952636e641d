"""SG24: environment and hyperparameters hold nothing that looks like a secret; a finding never shows the value."""

import itertools
import re
from collections.abc import Iterator

from examples import job
from findings import Finding, property_path
from rule import Config, Judgement, Reference, ResourceRule, Severity
from target_input import INPUT, SCHEDULE, TrainingJob, training_job

# Words in a name, and pairs of words, that announce a secret.
_WORDS = {
    "password",
    "passwd",
    "passphrase",
    "pwd",
    "secret",
    "secrets",
    "token",
    "credential",
    "credentials",
    "apikey",
}
_PAIRS = {("api", "key"), ("access", "key"), ("private", "key"), ("secret", "key"), ("auth", "key"), ("account", "key")}
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_VALUES = {
    "an AWS access key id": re.compile(r"\b(AKIA|ASIA)[A-Z0-9]{16}\b"),
    "a private key": re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----"),
    "a password inside a URL": re.compile(r"[a-z][a-z0-9+.-]*://[^/\s:@]+:[^/\s@]+@", re.IGNORECASE),
    "a JSON web token": re.compile(r"\beyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\."),
    "an access token": re.compile(
        r"\b(gh[pousr]_[A-Za-z0-9]{30,}|github_pat_\w{30,}|glpat-[\w-]{20}|xox[abprs]-[\w-]{10,})"
    ),
}
# A reference to where a secret is kept is no secret.
_REFERENCE = re.compile(r"arn:[a-z-]+:(secretsmanager|ssm):[^\s]+")


def _check(job: TrainingJob, config: Config) -> Judgement:
    return [finding for member in ("Environment", "HyperParameters") for finding in _faults(job, member, config)]


def _faults(job: TrainingJob, member: str, config: Config) -> Iterator[Finding]:
    cure = "keep it in Secrets Manager, hand over its ARN, and take this value out of use: it has been in plain text"
    entries = job.member(member)
    for name, value in entries.items() if isinstance(entries, dict) else ():
        text = str(value)
        if not text or _REFERENCE.fullmatch(text) or name in config["harmlessNames"]:
            continue
        kind = next((kind for kind, pattern in _VALUES.items() if pattern.search(text)), None)
        if kind or _announces_a_secret(name):
            fault = f"looks like {kind}" if kind else "its name says that it is a secret"
            yield Finding(property_path(INPUT, member, name), f"{fault}, and everybody can read it here", cure)


def _announces_a_secret(name: str) -> bool:
    words = [word.lower() for word in _WORD.findall(name)]
    return bool(_WORDS & set(words)) or any(pair in _PAIRS for pair in itertools.pairwise(words))


RULE = ResourceRule(
    id="SG24",
    name="no-secrets",
    title="No secrets in environment or hyperparameters",
    description="Environment and hyperparameters are shown in consoles and logs: they must hold no secret.",
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
        }
    },
    good=job(Environment={"WAREHOUSE": "arn:aws:secretsmanager:us-east-1:123456789012:secret:warehouse-a1b2c3"}),
    bad=job(Environment={"WAREHOUSE_PASSWORD": "example"}),
)
