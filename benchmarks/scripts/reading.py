"""Reads a channel with one of three programs and prints seconds and peak memory: `reading.py PROGRAM DIRECTORY`."""

import importlib
import json
import sys
import time
from pathlib import Path

PROGRAM, DIRECTORY = sys.argv[1], Path(sys.argv[2])
FRACTION, SEED = 0.2, 42

if PROGRAM == "ours":
    sys.path.insert(0, str(Path(__file__).parents[2] / "training_code"))
    import sklearn.model_selection

    # Loaded by name: the training code is an island, and this process stands on it.
    dataset, memory, hyperparameters = map(
        importlib.import_module, ("data.dataset", "data.memory", "options.hyperparameters")
    )
    # As train.py begins.
    memory.give_back_what_is_freed()
    started = time.perf_counter()
    read = dataset.read(DIRECTORY, None, hyperparameters.Hyperparameters())
    rows = len(read.training.target) + len(read.validation.target)
else:
    import pandas
    import sklearn.model_selection
    from pyarrow import csv

    started = time.perf_counter()
    (file,) = DIRECTORY.iterdir()
    frame = pandas.read_csv(file) if PROGRAM == "pandas" else csv.read_csv(file).to_pandas()
    parts = sklearn.model_selection.train_test_split(
        frame.drop(columns="target"), frame["target"], test_size=FRACTION, stratify=frame["target"], random_state=SEED
    )
    rows = len(parts[2]) + len(parts[3])
seconds = time.perf_counter() - started
status = Path("/proc/self/status").read_text()
peak = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM:"))
print(f"{rows} rows")
print(json.dumps({"seconds": seconds, "megabytes": peak / 1024}))
