"""What the environment's account has once: topics, budgets, image repositories."""

from __future__ import annotations

from collections.abc import Mapping

import pulumi

from components.account.cost_budgets import CostBudgets, CostBudgetsArgs
from components.account.image_repositories import ImageRepositories, ImageRepositoriesArgs
from components.account.notification_topics import NotificationTopics, NotificationTopicsArgs, Subject
from components.coordination.fleet_alarms import METRICS_REGION
from components.scope import Scope
from stacks.environment import GLOBAL, Images
from stacks.shared.ground import Ground

Topics = Mapping[Subject, pulumi.Output[str]]


def topics(ground: Ground) -> Topics:
    """Of all subjects, where alarms of the whole fleet are."""
    args = NotificationTopicsArgs(
        scope=ground.scope,
        place=ground.place(METRICS_REGION),
        key_arn=ground.keys[METRICS_REGION],
        emails=ground.environment.alert_emails,
        subjects=("page", "warn", "cost"),
    )
    return NotificationTopics("topics", args, ground.options[METRICS_REGION]).arns


def budgets(ground: Ground, cost: pulumi.Input[str]) -> None:
    """By the ceilings of the environment's file; `cost` is a topic's ARN."""
    environment = ground.environment
    ceilings = {
        Scope(environment.name, None if region == GLOBAL else region).stack: ceiling
        for region, ceiling in environment.monthly_ceilings_usd.items()
    }
    args = CostBudgetsArgs(ground.scope, ceilings, ground.workloads.budgets, cost, environment.alert_emails)
    CostBudgets("budgets", args, ground.at_home)


def images(ground: Ground) -> Mapping[str, pulumi.Output[str]]:
    """Repositories in every AWS region, filled from home; returns those at home by image."""
    wanted = tuple(field.replace("_", "-") for field in Images.model_fields)
    made = {
        aws_region: ImageRepositories(
            "images" if aws_region == ground.home else f"images-{aws_region}",
            ImageRepositoriesArgs(
                scope=ground.scope,
                place=ground.place(aws_region),
                images=wanted,
                key_arn=ground.keys[aws_region],
                retention=ground.workloads.images,
                protect=ground.protect,
                replicate_to=ground.elsewhere if aws_region == ground.home else (),
            ),
            ground.options[aws_region],
        )
        for aws_region in (ground.home, *ground.elsewhere)
    }
    return made[ground.home].urls
