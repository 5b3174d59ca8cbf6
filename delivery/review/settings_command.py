"""`wedops workflow-settings`: what a workflow needs to know before it can ask AWS anything, from the files alone."""

from __future__ import annotations

import typer

from delivery.console import EnvironmentOption, errors


def workflow_settings(environment: EnvironmentOption) -> None:
    """Print the preview role, the AWS region and the state backend as name=value lines, for $GITHUB_OUTPUT."""
    with errors():
        from components.security.bootstrap_roles import preview_role, role_arn
        from delivery.bootstrap.names import backend_url
        from delivery.deploy.subject import Surroundings, subject_of

        subject = subject_of(environment, Surroundings())
        settings, fleet = subject.environment, subject.fleet
        typer.echo(f"role={role_arn(settings.account_id, preview_role(settings.name))}")
        typer.echo(f"region={fleet.home}")
        typer.echo(f"backend={backend_url(settings, fleet)}")
