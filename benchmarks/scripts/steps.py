"""What the scripts beside have in common: SageMaker's arguments, channels and model directory."""

import argparse
import os
from pathlib import Path
from typing import Any

import joblib
import pandas as pd
from sklearn.metrics import accuracy_score


def hyperparameters() -> dict[str, int]:
    """Those of a forest, from the command line."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--n_estimators", type=int)
    parser.add_argument("--max_depth", type=int)
    parser.add_argument("--random_state", type=int)
    return vars(parser.parse_args())


def read(channel: str, **how: Any) -> tuple[pd.DataFrame, pd.Series]:  # noqa: ANN401  # pandas' own settings
    """Features and target of every file of a channel, one under the other."""
    print(f"reading {channel}", flush=True)
    files = sorted(Path(os.environ[f"SM_CHANNEL_{channel}"]).iterdir())
    table = pd.concat([pd.read_csv(file, **how) for file in files])
    return table.drop(columns="target"), table["target"]


def judge_and_save(model: Any, features: pd.DataFrame, target: pd.Series) -> float:  # noqa: ANN401  # an estimator
    """Print the accuracy on held-out rows and save the model; gives the accuracy."""
    accuracy = float(accuracy_score(target, model.predict(features)))
    print(f"validation:accuracy={accuracy:.6f}")
    joblib.dump(model, Path(os.environ["SM_MODEL_DIR"]) / "model.joblib")
    return accuracy
