"""A pack whose one policy judges whole stacks, and refuses each."""

from pulumi_policy import EnforcementLevel, PolicyPack, ReportViolation, StackValidationArgs, StackValidationPolicy


def refuse(args: StackValidationArgs, report_violation: ReportViolation) -> None:
    report_violation("this stack is refused", None)


POLICY = StackValidationPolicy(
    name="no-stack", description="Stacks are refused.", validate=refuse, enforcement_level=EnforcementLevel.MANDATORY
)
PolicyPack("stopping-pack", [POLICY])
