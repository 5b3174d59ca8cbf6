"""What every deployment does for the next ones: the stack's deploy role stays open for another half year."""

from __future__ import annotations

from botocore.exceptions import BotoCoreError, ClientError

from components.scope import Scope
from components.security.bootstrap_roles import freeze_policy
from delivery.aws import Clients
from delivery.bootstrap.command import freeze_step
from delivery.deploy.subject import Subject


def renew(subject: Subject, clients: Clients) -> tuple[str, ...]:
    """Renew the boundary of the role that deploys the stack, where the environment has freeze windows.

    Args:
        subject: the stack, which was deployed.
        clients: with the credentials that deployed it.
    Returns:
        Why it could not be renewed, and what to do: a sentence, or none. The deployment is no worse for it.
    """
    if not subject.environment.freeze:
        return ()
    scope = Scope(subject.target.environment, subject.target.region)
    try:
        iam = clients("iam", subject.home)
        step = freeze_step(subject.environment, subject.fleet, scope, iam, subject.around.now())
        plan = step.plan()
        if plan.exists:
            plan.act()
            return ()
        said = "there is none"
    except (BotoCoreError, ClientError) as error:
        said = str(error)
    return (
        f"The boundary {freeze_policy(scope)}, which says when {scope.stack} may be deployed, was not renewed: {said}."
        f" It closes for good 26 weeks after its last renewal: wedops bootstrap --environment {scope.environment}",
    )
