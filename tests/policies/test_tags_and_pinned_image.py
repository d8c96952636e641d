"""SG27: Cost tags, and a pinned image."""

from __future__ import annotations

from findings import MISSING
from rules.tags_and_pinned_image import RULE
from tests.policies.rule_cases import (
    OTHER_TARGETS,
    UNKNOWN_JOBS,
    each_is_left_alone,
    each_is_reported,
    each_passes,
    good_stack_passes,
)

REPORTED = {
    "a tag that ends with latest": (
        [
            (
                "schedule.target.input.AlgorithmSpecification.TrainingImage",
                "1.dkr.ecr.us-east-1.amazonaws.com/x:cpu-Latest",
            )
        ],
        "schedule| target.input.AlgorithmSpecification.TrainingImage is "
        '"1.dkr.ecr.us-east-1.amazonaws.com/x:cpu-Latest": the tag cpu-Latest moves: the same schedule '
        "trains with another image tomorrow. Cure: name a version's tag, or the digest (@sha256:...).",
    ),
    "no tags": (
        [("schedule.target.input.Tags", MISSING)],
        "schedule| target.input.Tags: no tag stack: nobody can tell whose cost the job is. Cure: add the tag stack.",
    ),
    "an empty tag": (
        [("schedule.target.input.Tags.0.Value", "")],
        "schedule| target.input.Tags: no tag stack: nobody can tell whose cost the job is. Cure: add the tag stack.",
    ),
    "another tag": (
        [("schedule.target.input.Tags.0.Key", "Stack")],
        "schedule| target.input.Tags: no tag stack: nobody can tell whose cost the job is. Cure: add the tag stack.",
    ),
    "latest": (
        [("schedule.target.input.AlgorithmSpecification.TrainingImage", "1.dkr.ecr.us-east-1.amazonaws.com/a:latest")],
        "schedule| target.input.AlgorithmSpecification.TrainingImage is "
        '"1.dkr.ecr.us-east-1.amazonaws.com/a:latest": the tag latest moves: the same '
        "schedule trains with another image tomorrow. Cure: name a version's tag, or the "
        "digest (@sha256:...).",
    ),
    "no image tag": (
        [("schedule.target.input.AlgorithmSpecification.TrainingImage", "1.dkr.ecr.us-east-1.amazonaws.com/a")],
        "schedule| target.input.AlgorithmSpecification.TrainingImage is "
        '"1.dkr.ecr.us-east-1.amazonaws.com/a": an image without a tag means latest, '
        "which moves. Cure: name a version's tag, or the digest (@sha256:...).",
    ),
    "a port that is no tag": (
        [("schedule.target.input.AlgorithmSpecification.TrainingImage", "registry.example:5000/a")],
        "schedule| target.input.AlgorithmSpecification.TrainingImage is "
        '"registry.example:5000/a": an image without a tag means latest, which moves. '
        "Cure: name a version's tag, or the digest (@sha256:...).",
    ),
}

ACCEPTED = {
    "a digest": [
        (
            "schedule.target.input.AlgorithmSpecification.TrainingImage",
            "1.dkr.ecr.us-east-1.amazonaws.com/a@sha256:0000000000000000000000000000000000000000000000000000000000000000",
        )
    ],
    "latest with a digest": [
        (
            "schedule.target.input.AlgorithmSpecification.TrainingImage",
            "1.dkr.ecr.us-east-1.amazonaws.com/a:latest@sha256:0000000000000000000000000000000000000000000000000000000000000000",
        )
    ],
    "an algorithm instead of an image": [
        (
            "schedule.target.input.AlgorithmSpecification",
            {"AlgorithmName": "arn:aws:sagemaker:us-east-1:123456789012:algorithm/a"},
        )
    ],
}

LEFT_ALONE = OTHER_TARGETS | UNKNOWN_JOBS


test_the_good_stack_passes = good_stack_passes(RULE)
test_one_change_is_reported_once = each_is_reported(RULE, REPORTED)
test_what_is_right_in_another_way_passes = each_passes(RULE, ACCEPTED)
test_what_the_rule_is_not_about_is_left_alone_and_said_so = each_is_left_alone(RULE, LEFT_ALONE)
