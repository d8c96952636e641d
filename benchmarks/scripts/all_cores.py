"""scikit-learn with all cores and nothing else: read, fit, evaluate, save."""

import argparse
import os
from pathlib import Path

import joblib
import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import accuracy_score


def read(channel: str) -> pd.DataFrame:
    """Every file of a channel, one under the other."""
    files = sorted(Path(os.environ[f"SM_CHANNEL_{channel}"]).iterdir())
    return pd.concat([pd.read_csv(file) for file in files])


parser = argparse.ArgumentParser()
parser.add_argument("--n_estimators", type=int)
parser.add_argument("--max_depth", type=int)
parser.add_argument("--random_state", type=int)
hyperparameters = vars(parser.parse_args())

training, validation = read("TRAINING"), read("VALIDATION")
model = RandomForestClassifier(**hyperparameters, n_jobs=-1)
model.fit(training.drop(columns="target"), training["target"])
accuracy = accuracy_score(validation["target"], model.predict(validation.drop(columns="target")))
print(f"validation:accuracy={accuracy:.6f}")
joblib.dump(model, Path(os.environ["SM_MODEL_DIR"]) / "model.joblib")
