"""Boosts trees with XGBoost, with a checkpoint every few rounds; a job that is interrupted goes on from the last."""

import argparse
import os
from pathlib import Path

import mlflow
import numpy as np
import pandas as pd
import xgboost

import scheduled_job


def main() -> None:
    """Claim the invocation, boost, and register the one version of it."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--target_column", default="target")
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--rounds_per_checkpoint", type=int, default=20)
    parser.add_argument("--max_depth", type=int, default=5)
    parser.add_argument("--learning_rate", type=float, default=0.1)
    options = parser.parse_args()
    scheduled_job.claim()
    training, validation, truth = read(Path(os.environ["SM_CHANNEL_TRAINING"]), options.target_column)
    settings = {
        "objective": "binary:logistic",
        "max_depth": options.max_depth,
        "learning_rate": options.learning_rate,
        "seed": 42,
    }
    points = scheduled_job.checkpoints(keep=2)
    found = points.latest()
    booster = xgboost.Booster(model_file=found.directory / "booster.ubj") if found else None
    done = found.step if found else 0
    while done < options.rounds:
        more = min(options.rounds_per_checkpoint, options.rounds - done)
        booster = xgboost.train(settings, training, num_boost_round=more, xgb_model=booster)
        done += more
        with points.save(done) as directory:
            booster.save_model(directory / "booster.ubj")
        print(f"boosting: {done} of {options.rounds} rounds", flush=True)
        scheduled_job.report(evaluate(booster, validation, truth), step=done)
    if booster is None:
        scheduled_job.fail(f"rounds: got {options.rounds}; allowed: 1 or more")
    scheduled_job.report(evaluate(booster, validation, truth))
    model = Path(os.environ["SM_MODEL_DIR"])
    mlflow.xgboost.save_model(booster, model / "mlflow", pip_requirements=[f"xgboost=={xgboost.__version__}"])
    scheduled_job.register_once(model / "mlflow", parameters=settings | {"rounds": options.rounds})


def read(channel: Path, target: str) -> tuple[xgboost.DMatrix, xgboost.DMatrix, "np.ndarray"]:
    """Rows to learn from, every fifth held out to judge by, and what is true of these."""
    rows = pd.concat(pd.read_csv(file) for file in sorted(channel.glob("*.csv")))
    if target not in rows:
        scheduled_job.fail(f"hyperparameter target_column: got {target!r}; the data has: {', '.join(rows.columns)}")
    held_out = np.arange(len(rows)) % 5 == 0
    features, label = rows.drop(columns=target), rows[target].to_numpy()
    training, validation = (xgboost.DMatrix(features[chosen], label=label[chosen]) for chosen in (~held_out, held_out))
    return training, validation, label[held_out]


def evaluate(booster: xgboost.Booster, rows: xgboost.DMatrix, truth: "np.ndarray") -> dict[str, float]:
    """How good it is on held-out rows, by names that the default metric definitions find."""
    chance = booster.predict(rows).clip(1e-7, 1 - 1e-7)
    loss = -np.mean(truth * np.log(chance) + (1 - truth) * np.log(1 - chance))
    return {"accuracy": float(np.mean((chance > 0.5) == truth)), "log_loss": float(loss)}


if __name__ == "__main__":
    main()
