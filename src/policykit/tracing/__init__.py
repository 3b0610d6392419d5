"""How everything stands on the as-at date: outcomes, strengths, law in force, due dates, gaps, and the gate."""

from policykit.tracing.gate import GATEABLE, Gate, is_waived
from policykit.tracing.graph import trace
from policykit.tracing.standing import (
    DueDate,
    DueKind,
    DutyStanding,
    Force,
    Gap,
    GapKind,
    ProvisionStanding,
    Reach,
    Trace,
    WaiverStanding,
    WaiverState,
)

__all__ = [
    "GATEABLE",
    "DueDate",
    "DueKind",
    "DutyStanding",
    "Force",
    "Gap",
    "GapKind",
    "Gate",
    "ProvisionStanding",
    "Reach",
    "Trace",
    "WaiverStanding",
    "WaiverState",
    "is_waived",
    "trace",
]
