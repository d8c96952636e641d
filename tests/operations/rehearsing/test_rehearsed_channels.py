"""A whole rehearsal of data as teams have it: keys of all kinds, another account's bucket, a manifest.

One object is trained on in `test_several_schedules.py`.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.operations.projects import change, copy_project, draw_no_pictures, require_container, training_jobs

pytestmark = pytest.mark.slow

KEY = "arn:aws:kms:us-east-1:210987654321:key/1234abcd-12ab-34cd-56ef-1234567890ab"
AS_COMMITTED = "        training:\n          s3_path: datasets/training/\n          content_type: text/csv\n"
BUCKETS = f"  scheduled-training:data_buckets:\n    company-lake:\n      kms_key_arn: {KEY}\n"
FIRST = "  scheduled-training:tags:\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    project = copy_project(tmp_path / "project")
    draw_no_pictures(project)
    change(project, "staging", FIRST, f"{BUCKETS}{FIRST}")
    return project


def test_a_job_trains_on_another_accounts_prefix_and_is_judged_by_what_a_manifest_names(project: Path) -> None:
    require_container()
    change(
        project,
        "staging",
        AS_COMMITTED,
        "        training:\n"
        "          s3_path: s3://company-lake/datasets/dt=2026-11-26/land=Österreich & Co/\n"
        "        validation:\n"
        "          s3_data_type: ManifestFile\n"
        "          s3_object: manifests/$latest, (a+b)@c.json\n"
        "          s3_path: s3://company-lake/datasets/validation='1'!/\n",
    )

    ran = training_jobs(project, "rehearse")

    assert (ran.returncode, ran.stderr) == (0, ""), ran.stdout
    assert "reading training: 1 file, 398 rows" in ran.stdout
    assert "reading validation: 1 file, 171 rows" in ran.stdout
    assert "status         Completed" in ran.stdout


def test_a_job_trains_on_one_object_and_is_judged_by_what_a_file_system_holds(project: Path) -> None:
    require_container()
    system = "{id: fs-0123456789abcdef0, type: EFS, directory_path: /validation}"
    change(
        project,
        "staging",
        AS_COMMITTED,
        "        training:\n          s3_object: datasets/alle = 1.csv\n"
        f"        validation:\n          file_system: {system}\n",
    )
    network = "{subnets: [subnet-0123456789abcdef0], security_group_ids: [sg-0123456789abcdef0]}"
    change(project, "staging", "      output:\n", f"      network: {network}\n      output:\n")

    ran = training_jobs(project, "rehearse")

    assert (ran.returncode, ran.stderr) == (0, ""), ran.stdout
    assert "reading training: 1 file, 398 rows" in ran.stdout
    assert "reading validation: 1 file, 171 rows" in ran.stdout
    assert "channel validation: 1 file in place of EFS fs-0123456789abcdef0:/validation" in " ".join(ran.stdout.split())


def test_a_stream_is_refused_in_one_line_before_anything_starts(project: Path) -> None:
    require_container()
    (project / "mine").mkdir()
    (project / "mine" / "fit.py").write_text("print('fit')\n")
    source = "      source: {directory: mine, entry_point: fit.py}\n"
    change(project, "staging", "      output:\n", f"{source}      output:\n")
    change(project, "staging", AS_COMMITTED, f"{AS_COMMITTED}          input_mode: Pipe\n")

    ran = training_jobs(project, "rehearse")

    assert ran.returncode == 1
    assert ran.stderr.replace("\n", " ").strip() == (
        "error: channel 'training' cannot be rehearsed: InputMode Pipe, which nobody streams here; rehearsed: File, "
        "FastFile"
    )
    assert "start the embedded AWS" not in ran.stdout


def test_a_channel_in_a_bucket_that_is_not_declared_is_refused_by_settings(project: Path) -> None:
    change(project, "staging", AS_COMMITTED, "        training:\n          s3_path: s3://company-like/datasets/\n")

    ran = training_jobs(project, "check", "-s", "staging")

    assert ran.returncode == 1
    assert "the bucket 'company-like' is not the configured one" in ran.stdout + ran.stderr
    assert "data_buckets (company-lake)" in " ".join((ran.stdout + ran.stderr).split())
