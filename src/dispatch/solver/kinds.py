"""Every kind of problem and every kind of plan, for those who take any."""

from __future__ import annotations

from dispatch.solver.contract_plan import ContractPlan
from dispatch.solver.contract_problem import ContractProblem
from dispatch.solver.inspection_plan import InspectionPlan
from dispatch.solver.inspection_problem import InspectionProblem
from dispatch.solver.plan import RoutePlan, TeamPlan, ZonePlan
from dispatch.solver.problem import RouteProblem, ZoneProblem
from dispatch.solver.roster_plan import RosterPlan
from dispatch.solver.roster_problem import RosterProblem
from dispatch.solver.round_plan import RoundPlan
from dispatch.solver.round_problem import RoundProblem
from dispatch.solver.team_problem import TeamProblem

Problem = RouteProblem | ZoneProblem | TeamProblem | RoundProblem | InspectionProblem | ContractProblem | RosterProblem
Plan = RoutePlan | ZonePlan | TeamPlan | RoundPlan | InspectionPlan | ContractPlan | RosterPlan
