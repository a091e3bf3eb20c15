"""The words that everything else speaks: attempts, verdicts, traces, problems.

Plain data, no behaviour beyond conversion, no imports from the rest of the package.
"""

from analyzer.model.attempt import (
    ACTIONS,
    CLASSIFICATIONS,
    OUTCOMES,
    STAGES,
    Action,
    Advice,
    Attempt,
    Classification,
    Outcome,
    Permanence,
    Stage,
)
from analyzer.model.original import Original
from analyzer.model.problem import Problem
from analyzer.model.trace import (
    Alignment,
    ArcSet,
    AuthenticationResults,
    Conversation,
    DkimSignature,
    Evidence,
    Exchange,
    Finding,
    Hop,
    MethodResult,
    SpamVerdict,
    Tls,
    Trace,
)
from analyzer.model.verdict import Question, Verdict

__all__ = [
    "ACTIONS",
    "CLASSIFICATIONS",
    "OUTCOMES",
    "STAGES",
    "Action",
    "Advice",
    "Alignment",
    "ArcSet",
    "Attempt",
    "AuthenticationResults",
    "Classification",
    "Conversation",
    "DkimSignature",
    "Evidence",
    "Exchange",
    "Finding",
    "Hop",
    "MethodResult",
    "Original",
    "Outcome",
    "Permanence",
    "Problem",
    "Question",
    "SpamVerdict",
    "Stage",
    "Tls",
    "Trace",
    "Verdict",
]
