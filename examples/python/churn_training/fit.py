"""Fits gradient boosting to the CSV files of the channel `training`; the last column is what is learnt."""

import argparse
import os
from pathlib import Path

import joblib
import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier


def main() -> None:
    """Train, and leave the model where SageMaker takes it from."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--trees", type=int, default=100)
    options = parser.parse_args()
    files = sorted(Path(os.environ["SM_CHANNEL_TRAINING"]).glob("*.csv"))
    table = pd.concat(pd.read_csv(file) for file in files)
    model = HistGradientBoostingClassifier(max_iter=options.trees, random_state=0)
    model.fit(table.iloc[:, :-1], table.iloc[:, -1])
    joblib.dump(model, Path(os.environ["SM_MODEL_DIR"]) / "model.joblib")


if __name__ == "__main__":
    main()
