"""Nothing that is referred to is ever deleted: buckets, jobs, schedules and versions are drawn, and looked through."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from operations.cleanup.plan import Wanted, plan
from operations.cleanup.references import JobFacts, NeededVersion, Tracks, references
from operations.cleanup.units import Stored, units
from tests.operations.cleanup.test_cleanup_plan import (
    BEFORE,
    DIGESTS,
    IDS,
    JOBS,
    OLD,
    PREFIX,
    ROOTS,
    SCHEDULE,
    YOUNG,
    request,
)

RUNNING = ("InProgress", "Stopping")
STATUSES = st.sampled_from([None, "Completed", "Failed", "Stopped", "InProgress", "Stopping"])
FACTS = st.builds(
    JobFacts,
    STATUSES,
    st.sampled_from(list(Tracks)),
    st.booleans(),
    st.tuples(st.just(SCHEDULE), st.sampled_from(["t0", "t1"])),
)
VERSIONS = st.builds(
    NeededVersion,
    st.just("m"),
    st.sampled_from(["1", "2"]),
    st.sampled_from(JOBS),
    st.tuples(st.just(SCHEDULE), st.sampled_from(["t0", "t1"])),
    st.sampled_from(["", *DIGESTS]),
)
REQUESTS = st.builds(request, st.sampled_from(DIGESTS), st.sampled_from(DIGESTS))
FILES = st.sampled_from(["output/model.tar.gz", "output/output.tar.gz", "a"])
KEYS = st.one_of(
    st.builds("outputs/{}/{}".format, st.sampled_from([*JOBS, "other-" + IDS[0], "forest-prod-by-hand"]), FILES),
    st.builds("checkpoints/{}/{}/{}".format, st.sampled_from([PREFIX, "other"]), st.sampled_from(IDS), FILES),
    st.builds("training-code/{}/{}/sourcedir.tar.gz".format, st.sampled_from([PREFIX, "x"]), st.sampled_from(DIGESTS)),
    st.builds("packages/{}/packages.zip".format, st.sampled_from(DIGESTS)),
    st.builds("{}/data.csv".format, st.sampled_from(["datasets", "mlflow-artifacts", "outputs", "packages"])),
)


@given(
    st.dictionaries(KEYS, st.sampled_from([OLD, OLD, YOUNG]), min_size=10, max_size=30),
    st.dictionaries(st.sampled_from(JOBS), FACTS, min_size=2),
    st.lists(VERSIONS, max_size=4),
    st.lists(REQUESTS, max_size=2),
    st.dictionaries(st.sampled_from(JOBS), st.one_of(st.none(), REQUESTS)),
    st.tuples(st.booleans(), st.booleans()),
)
def test_nothing_that_is_referred_to_is_ever_deleted(  # noqa: PLR0917 - all that a bucket and its users are
    bucket: dict[str, datetime],
    facts: dict[str, JobFacts],
    versions: list[NeededVersion],
    requests: list[dict[str, Any]],
    of_versions: dict[str, Mapping[str, Any] | None],
    asked_for: tuple[bool, bool],
) -> None:
    packages, unregistered = asked_for
    deployed = {f"schedule {number}": each for number, each in enumerate(requests)}
    refers = references(deployed, versions, facts, of_versions, {"s3://b/mlflow-artifacts/": "MLflow"})
    stored = [Stored(key, 1, modified) for key, modified in bucket.items()]
    found = [each for root in ROOTS.values() for each in units(root, stored)]

    keys = plan(found, refers, Wanted(BEFORE, packages, unregistered)).keys.get("b", [])

    assert len(keys) == len(set(keys))
    needed = [*requests, *(told for v in versions if (told := of_versions.get(v.training_job)))]
    named = " ".join(map(str, needed))
    for key in keys:
        assert bucket[key] == OLD
        assert not key.startswith(("datasets/", "mlflow-artifacts/", "outputs/data", "packages/data"))
        parts = key.split("/")
        if parts[0] == "outputs":
            assert parts[1] in facts, "of a job that was looked at"
            assert facts[parts[1]].status not in RUNNING
            assert parts[1] not in {each.training_job for each in versions}
        elif parts[0] == "checkpoints":
            assert parts[1] == PREFIX
            assert facts[f"{PREFIX}-{parts[2]}"].status not in RUNNING
        elif parts[0] == "training-code":
            assert f"{PREFIX}/{parts[2]}" not in named
            assert parts[2] not in {each.bundle_digest for each in versions}
            assert all(each.bundle_digest or of_versions.get(each.training_job) for each in versions)
        else:
            assert packages
            assert f"packages/{parts[1]}" not in named
            assert all(of_versions.get(each.training_job) for each in versions)
