"""How everything stands on the as-at date: outcomes, strengths, law in force, due dates, gaps, and the gate."""

from policykit.tracing.graph import trace
from policykit.tracing.registers import RegisterStanding, scope_in_words
from policykit.tracing.standing import (
    GATEABLE,
    Change,
    DueDate,
    DueKind,
    DutyStanding,
    Force,
    Gap,
    GapKind,
    Gate,
    Gone,
    ProvisionStanding,
    Reach,
    Trace,
    WaiverStanding,
    WaiverState,
    is_waived,
)

__all__ = [
    "GATEABLE",
    "Change",
    "DueDate",
    "DueKind",
    "DutyStanding",
    "Force",
    "Gap",
    "GapKind",
    "Gate",
    "Gone",
    "ProvisionStanding",
    "Reach",
    "RegisterStanding",
    "Trace",
    "WaiverStanding",
    "WaiverState",
    "is_waived",
    "scope_in_words",
    "trace",
]
