"""Serves the policy pack to the engine that started this process; never returns."""

import gc

from pulumi_policy import EnforcementLevel, PolicyPack

from pack import NAME, POLICIES
from serving import read_each_resource_once

if __name__ == "__main__":
    # Documents that were read are kept, in no cycles: looking for garbage among them took a fifth of the time.
    gc.set_threshold(100_000)
    read_each_resource_once()
    PolicyPack(name=NAME, policies=POLICIES, enforcement_level=EnforcementLevel.MANDATORY)
