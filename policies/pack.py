"""What the pack is called and what is in it; importing this starts nothing."""

from crossguard import policies_of
from rules import RULES

NAME = "scheduled-training"
POLICIES = policies_of(RULES)
