"""Serves the policy pack to the engine that started this process; never returns."""

from pulumi_policy import EnforcementLevel, PolicyPack

from pack import NAME, POLICIES

if __name__ == "__main__":
    PolicyPack(name=NAME, policies=POLICIES, enforcement_level=EnforcementLevel.MANDATORY)
