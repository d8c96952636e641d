"""Days of a regression on categories, as processes of their own against a real MLflow server."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import joblib
import numpy
import pandas
import pytest

from progress import REGRESSION_METRIC_NAMES, metric_regex
from tests.training_code.told import SCHEDULED

if TYPE_CHECKING:
    from tests.training_code.conftest import JobTree

MakeJob = Callable[..., "JobTree"]

pytestmark = pytest.mark.slow

FLIGHTS = "carrier,distance,delay\n" + "".join(
    f"{('UA', 'DL', 'AA')[i % 3]},{i * 7 % 500},{(i % 3) * 10 + (i * 7 % 500) / 50:.3f}\n" for i in range(300)
)


def test_a_regression_on_categories_is_registered_with_its_encoding(make: MakeJob) -> None:
    import mlflow

    job = make(**SCHEDULED)
    for path in job.training.iterdir():
        path.unlink()
    (job.training / "flights.csv").write_text(FLIGHTS)
    job.hyperparameters = {
        "estimator": "sklearn.ensemble.GradientBoostingRegressor",
        "n_estimators": "30",
        "target_column": "delay",
        "categorical_columns": "carrier",
    }
    done = job.run()
    assert (done.returncode, done.stderr) == (0, "")
    for name in REGRESSION_METRIC_NAMES:
        assert len(re.findall(f"^{metric_regex(name)}$", done.stdout, re.MULTILINE)) == 1
    mlflow.set_tracking_uri(job.environ["MLFLOW_TRACKING_URI"])
    registered = mlflow.sklearn.load_model(f"models:/{job.environ['REGISTERED_MODEL_NAME']}/1")
    raw = pandas.DataFrame({"carrier": ["UA", "DL", "XX"], "distance": [10.0, 20.0, 30.0]})
    assert numpy.array_equal(registered.predict(raw), joblib.load(job.model / "model.joblib").predict(raw))
    served = mlflow.pyfunc.load_model(f"models:/{job.environ['REGISTERED_MODEL_NAME']}/1")
    assert numpy.array_equal(served.predict(raw), registered.predict(raw))
    (run,) = job.runs
    client = mlflow.MlflowClient()
    pictures = {each.path for each in client.list_artifacts(run.info.run_id) if each.path.endswith(".png")}
    assert pictures == {"predicted_and_actual.png", "residuals.png", "permutation_importance.png"}
    assert run.data.params["estimator"] == "sklearn.ensemble.GradientBoostingRegressor"

    # The next day's version is compared with this one, which takes raw rows, on held-out rows that are encoded.
    job.environ |= {"TRAINING_JOB_NAME": "job-2", "SCHEDULED_TIME": "2099-01-02T00:00:00Z"}
    assert job.run().returncode == 0
    job.environ |= {"TRAINING_JOB_NAME": "job-3", "SCHEDULED_TIME": "2099-01-03T00:00:00Z"}
    job.environ["PROMOTION_MAXIMUM_METRICS"] = '{"validation:rmse": 100, "validation:mae": 100}'
    job.hyperparameters["n_estimators"] = "3"
    assert job.run().returncode == 0
    _, second, third = sorted(job.versions, key=lambda each: int(each.version))
    r2 = second.tags["validation:r2"]
    assert second.tags["promotion"] == (
        "champion: not worse than champion version 1 on the same held-out rows (margin 0): "
        f"validation:r2 {r2} against {r2}"
    )
    worse, better = third.tags["validation:rmse"], second.tags["validation:rmse"]
    assert float(worse) > float(better)
    assert third.tags["promotion"] == (
        f"challenger: validation:rmse is {worse}, and champion version 2 has {better} on the same held-out rows "
        "(margin 0)"
    )
