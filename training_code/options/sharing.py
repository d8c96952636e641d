"""Which settings several hosts can grow together: known before any of them reads data."""

from __future__ import annotations

from failure import Fault
from options import estimators
from options.estimators import TASK_OF_FOREST
from options.hosts import Hosts
from options.hyperparameters import Hyperparameters


def faults(settings: Hyperparameters, hosts: Hosts) -> list[Fault]:
    """What the other hosts could not help with: an accelerator grows on one, and not every estimator is many."""
    if not hosts.are_several:
        return []
    if settings.accelerator:
        text = (
            f"got {settings.accelerator!r} on {len(hosts.names)} hosts; it works on one: set InstanceCount to 1, or "
            f"leave out accelerator"
        )
        return [Fault("hyperparameter", "accelerator", text)]
    if settings.partial_fit_epochs or not _is_many(settings.estimator):
        text = (
            f"{settings.estimator} grows on one host, the other {len(hosts.workers)} would do nothing; set "
            f"InstanceCount to 1, or choose an estimator with n_jobs and n_estimators, without partial_fit_epochs"
        )
        return [Fault("hyperparameter", "estimator", text)]
    return []


def _is_many(name: str) -> bool:
    """Whether an estimator is many that are fitted by themselves, which is what hosts can share."""
    return name in TASK_OF_FOREST or estimators.can_share(estimators.find(name))
