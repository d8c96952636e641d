"""Trains an estimator on the rows of a SageMaker channel and registers it in MLflow.

SageMaker runs it in script mode: `python train.py --name value ...` with SM_* and our own variables in the environment.
"""

from __future__ import annotations

import faulthandler
import gc
import os
import sys

import dated_channels
import packages
from failure import reason_of_failure, write_failure
from progress import say

if __name__ == "__main__":
    # A crash of native code would end the job without a word in its log.
    faulthandler.enable()
    # Nothing of what is loaded is garbage, and Python would look at all of it again and again.
    gc.disable()
    if sys.argv[1:] == ["--judge-settings"]:
        from options import settings_judge

        settings_judge.answer(sys.stdin, sys.stdout)
        sys.exit()
    if sys.argv[1:] == ["--describe"]:
        from tracking import description

        description.write(sys.stdout)
        sys.exit()
    missing = packages.fault(os.environ)
    if not missing and sys.argv[1:] == ["--judge-data"]:
        from data import sampling

        sampling.answer(sys.stdin, sys.stdout)
        sys.exit()
    if missing:
        say(f"training failed: {missing}")
        write_failure(missing, os.environ)
        sys.exit(1)

from collections.abc import Callable, Mapping, MutableMapping, Sequence

from data import channels, memory
from data.reading import Reading, end_process
from failure import RefusedError
from options import environment, hosts, hyperparameters, sharing
from scheduled_job import secret


def main(arguments: Sequence[str], environ: Mapping[str, str]) -> int:
    """Train; a failure leaves its reason in the log and in SageMaker's failure file, and gives 1."""
    memory.give_back_what_is_freed()
    given = dict(environ)
    reason = reason_of_failure(lambda: _take_part(arguments, given), given)
    if not reason:
        return 0
    say(f"training failed: {reason}")
    write_failure(reason, given)
    return 1


def _take_part(arguments: Sequence[str], environ: MutableMapping[str, str]) -> None:
    """Train, or work for the host that does."""
    found, n_jobs = hosts.read(environ), hyperparameters.parse(arguments)[0].n_jobs
    if found.is_worker:
        from growing import cluster_worker

        cluster_worker.work(found, n_jobs)
        return
    secret.fetch_into(environ)
    dated_channels.fetch_into(environ)
    env, settings, notes = environment.read(arguments, environ)
    if faults := sharing.faults(settings, found):
        raise RefusedError(faults)
    for note in notes:
        say(f"note: {note}")
    # scikit-learn and MLflow take seconds to load; meanwhile rows are read.
    reading = Reading(lambda: channels.read_channels(env.training_channel, env.validation_channel, settings))
    run = _job_of(env)
    from growing import cluster

    gc.freeze()
    gc.enable()
    with cluster.led(found, n_jobs) as growers:
        run(env, settings, environ, growers, reading)


def _job_of(env: environment.Environment) -> Callable[..., None]:
    """What trains: with MLflow, or without."""
    if env.is_tracked:
        import job

        return job.run
    import untracked

    return untracked.run


if __name__ == "__main__":
    ended = main(sys.argv[1:], os.environ)
    gc.freeze()  # else Python looks for garbage in all that is loaded once more before it ends: for a second
    end_process(ended)
