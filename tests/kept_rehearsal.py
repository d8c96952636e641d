"""What a kept rehearsal of staging printed, its servers, and the table that it trained on."""

from __future__ import annotations

import io
import re
import tarfile
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from rehearsal.aws_clients import AwsClients

NAME = "breast-cancer-staging"
BUCKET = "ml-platform-staging-ml-bucket"
LABELS = ("training job", "status", "metrics", "model version", "S3 artifact", "MLflow")


@dataclass(frozen=True)
class Kept:
    """What a rehearsal with `--deliveries 3 --keep` printed, and the servers that it left."""

    project: Path
    output: str

    @cached_property
    def tracking_uri(self) -> str:
        return self._address("MLflow")

    @cached_property
    def endpoint_url(self) -> str:
        return self._address("embedded AWS")

    @cached_property
    def clients(self) -> AwsClients:
        return AwsClients(self.endpoint_url, "us-east-1")

    def _address(self, name: str) -> str:
        found = re.search(rf"^{name} +(http://127\.0\.0\.1:\d+)$", self.output, re.MULTILINE)
        assert found is not None, self.output
        return found[1]

    @cached_property
    def jobs(self) -> list[dict[str, str]]:
        """What was printed of each training job: label -> value."""
        pattern = r"^training job +.*(?:\n\S.*)*"
        return [
            {
                label: line.removeprefix(label).strip()
                for line in block.splitlines()
                for label in LABELS
                if line.startswith(f"{label} ")
            }
            for block in re.findall(pattern, self.output, re.MULTILINE)
        ]

    @cached_property
    def job_name(self) -> str:
        return self.jobs[0]["training job"]

    @cached_property
    def printed_metrics(self) -> dict[str, float]:
        pairs = (pair.split(" ") for pair in self.jobs[0]["metrics"].split(", "))
        return {name: float(value) for name, value in pairs}

    @cached_property
    def mlflow(self) -> Any:  # noqa: ANN401 - MLflow is not typed
        from mlflow import MlflowClient

        return MlflowClient(self.tracking_uri)

    @cached_property
    def run(self) -> Any:  # noqa: ANN401 - MLflow is not typed
        experiment = self.mlflow.get_experiment_by_name(NAME)
        runs = self.mlflow.search_runs([experiment.experiment_id])
        assert len(runs) == 1
        return runs[0]

    @cached_property
    def version(self) -> Any:  # noqa: ANN401 - MLflow is not typed
        (version,) = self.mlflow.search_model_versions(f"name = '{NAME}'")
        return version

    @cached_property
    def description(self) -> dict[str, Any]:
        description: dict[str, Any] = dict(self.clients.sagemaker.describe_training_job(TrainingJobName=self.job_name))
        return description

    @cached_property
    def model_archive(self) -> tarfile.TarFile:
        key = self.jobs[0]["S3 artifact"].removeprefix(f"s3://{BUCKET}/")
        body = self.clients.s3.get_object(Bucket=BUCKET, Key=key)["Body"].read()
        return tarfile.open(fileobj=io.BytesIO(body))

    def keys(self, prefix: str) -> list[str]:
        listing = self.clients.s3.list_objects_v2(Bucket=BUCKET, Prefix=prefix)
        return [found["Key"] for found in listing.get("Contents", [])]


def split() -> tuple[Any, Any, Any, Any]:
    """The table as the sample holds it, and the rows that the training code holds out of it: seeds 42 and 42."""
    import numpy
    import pandas
    from sklearn.datasets import load_breast_cancer
    from sklearn.model_selection import train_test_split

    table = load_breast_cancer()
    columns = [name.replace(" ", "_") for name in table.feature_names]
    rows = numpy.arange(len(table.target))
    sample, _ = train_test_split(rows, test_size=0.3, random_state=42, stratify=table.target)
    training, validation = train_test_split(sample, test_size=0.2, random_state=42, stratify=table.target[sample])
    features = pandas.DataFrame(table.data, columns=columns).astype("float32")
    return features.iloc[training], table.target[training], features.iloc[validation], table.target[validation]
