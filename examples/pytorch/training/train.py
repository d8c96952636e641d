"""Trains a small network with PyTorch on the CPU, with a checkpoint after each epoch; an interrupted job goes on."""

import argparse
import csv
import os
from pathlib import Path

import torch
from torch import nn

import scheduled_job


def main() -> None:
    """Claim the invocation, train, and register the one version of it."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--target_column", default="target")
    parser.add_argument("--epochs", type=int, default=20)
    parser.add_argument("--learning_rate", type=float, default=0.01)
    parser.add_argument("--hidden_units", type=int, default=16)
    options = parser.parse_args()
    scheduled_job.claim()
    torch.manual_seed(42)
    features, target = read(Path(os.environ["SM_CHANNEL_TRAINING"]), options.target_column)
    held_out = torch.arange(len(target)) % 5 == 0
    mean, deviation = features[~held_out].mean(0), features[~held_out].std(0) + 1e-9
    features = (features - mean) / deviation
    network = nn.Sequential(
        nn.Linear(features.shape[1], options.hidden_units), nn.ReLU(), nn.Linear(options.hidden_units, 1)
    )
    optimizer = torch.optim.Adam(network.parameters(), lr=options.learning_rate)
    points = scheduled_job.checkpoints(keep=2)
    done = 0
    if found := points.latest():
        state = torch.load(found.directory / "state.pt", weights_only=True)
        network.load_state_dict(state["network"])
        optimizer.load_state_dict(state["optimizer"])
        done = found.step
    for epoch in range(done + 1, options.epochs + 1):
        optimizer.zero_grad()
        loss = nn.functional.binary_cross_entropy_with_logits(
            network(features[~held_out]).squeeze(1), target[~held_out]
        )
        loss.backward()
        optimizer.step()
        scheduled_job.report(training_loss=loss.item(), step=epoch)
        with points.save(epoch) as directory:
            state = {"network": network.state_dict(), "optimizer": optimizer.state_dict()}
            torch.save(state, directory / "state.pt")
    with torch.no_grad():
        chance = network(features[held_out]).squeeze(1).sigmoid()
    truth = target[held_out]
    scheduled_job.report(
        accuracy=((chance > 0.5) == truth.bool()).float().mean().item(),
        log_loss=nn.functional.binary_cross_entropy(chance, truth).item(),
    )
    model = Path(os.environ["SM_MODEL_DIR"])
    torch.save({"network": network.state_dict(), "mean": mean, "deviation": deviation}, model / "network.pt")
    scheduled_job.register_once(model, parameters=vars(options), description="A network of one hidden layer.")


def read(channel: Path, target: str) -> tuple[torch.Tensor, torch.Tensor]:
    """All rows of the channel's CSV files: features, and what is to be learnt."""
    rows = [row for file in sorted(channel.glob("*.csv")) for row in csv.DictReader(file.open(newline=""))]
    if not rows or target not in rows[0]:
        scheduled_job.fail(
            f"hyperparameter target_column: got {target!r}; the data has: {', '.join(rows[0]) if rows else 'no rows'}"
        )
    features = [[float(value) for name, value in row.items() if name != target] for row in rows]
    return torch.tensor(features), torch.tensor([float(row[target]) for row in rows])


if __name__ == "__main__":
    main()
