"""SG27: a job's cost can be told, and its image stays the same."""

import re
from collections.abc import Iterator

from examples import job
from findings import Finding
from rule import Config, Judgement, Level, Reference, ResourceRule, Severity
from statements import matches
from target_input import INPUT, SCHEDULE, TrainingJob, training_job

_PINNED = re.compile(r"[^:@]+(:[0-9]+/[^:@]+)?(:(?P<tag>[\w.-]+))?(@sha256:(?P<digest>[0-9a-f]{64}))?")


def _check(job: TrainingJob, config: Config) -> Judgement:
    return [*_tags(job, config), *_image(job, config)]


def _tags(job: TrainingJob, config: Config) -> Iterator[Finding]:
    present = {key for key, value in job.tags() if value.strip()}
    for name in config["tags"]:
        if name not in present:
            yield Finding(
                f"{INPUT}.Tags", f"no tag {name}: nobody can tell whose cost the job is", f"add the tag {name}"
            )


def _image(job: TrainingJob, config: Config) -> Iterator[Finding]:
    image = job.member("AlgorithmSpecification", "TrainingImage")
    if image is None:
        return
    parts = _PINNED.fullmatch(str(image))
    tag, digest = (parts["tag"], parts["digest"]) if parts else (None, None)
    path = f"{INPUT}.AlgorithmSpecification.TrainingImage"
    if not digest and tag and any(matches(moving, tag, ignore_case=True) for moving in config["movingTags"]):
        yield Finding(path, f"the tag {tag} moves: the same schedule trains with another image tomorrow", _PIN, image)
    elif not digest and tag is None:
        yield Finding(path, "an image without a tag means latest, which moves", _PIN, image)


_PIN = "name a version's tag, or the digest (@sha256:...)"
_IMAGE = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-scikit-learn"
_NAMES = {"type": "array", "items": {"type": "string", "minLength": 1}}
RULE = ResourceRule(
    id="SG27",
    name="tags-and-image",
    title="Cost tags, and a pinned image",
    description="A training job must carry the cost tags and name a training image that does not move.",
    cure="Add the tags to Tags; pin TrainingImage by version tag or digest.",
    url="https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_AlgorithmSpecification.html",
    severity=Severity.LOW,
    reference=Reference("AWS Well-Architected Framework", "COST03-BP02"),
    levels=(Level.ADVISORY, Level.MANDATORY),
    types=frozenset({SCHEDULE}),
    subject=training_job,
    check=_check,
    config={
        "tags": {**_NAMES, "default": ["stack"], "description": "keys of the tags that every job must have"},
        "movingTags": {
            **_NAMES,
            "default": ["*latest*", "main", "master", "stable", "dev", "nightly", "edge", "production", "staging"],
            "description": "image tags that move; * and ? are wildcards",
        },
    },
    good=job(
        Tags=[{"Key": "stack", "Value": "prod"}], AlgorithmSpecification={"TrainingImage": f"{_IMAGE}:1.9-0-cpu-py3"}
    ),
    bad=job(Tags=[{"Key": "stack", "Value": "prod"}], AlgorithmSpecification={"TrainingImage": f"{_IMAGE}:latest"}),
)
