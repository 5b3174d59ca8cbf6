"""The registry of the environment's images in one AWS region."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.place import Place
from components.scope import Scope
from regions.model import ImageRetention


@dataclass(frozen=True)
class ImageRepositoriesArgs:
    """What ImageRepositories needs.

    `images` are names, e.g. "wedding-api". `replicate_to` are the other AWS regions that get every image pushed here;
    they have repositories of the same names, or ECR would make some with its defaults: mutable, without this key.
    """

    scope: Scope
    place: Place
    images: Sequence[str]
    key_arn: pulumi.Input[str]
    retention: ImageRetention
    protect: bool
    replicate_to: Sequence[str] = ()


class ImageRepositories(pulumi.ComponentResource):
    """An ECR repository for each image: tags never move, every push is scanned, old images go.

    ImageRepositories("images", ImageRepositoriesArgs(Scope("prod"), place, ["wedding-api"], key.arn, retention, True))
    """

    urls: Mapping[str, pulumi.Output[str]]
    """By image, what comes before "@sha256:…"."""

    def __init__(self, name: str, args: ImageRepositoriesArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("wedsync:account:ImageRepositories", name, None, opts)
        self._name, self._args = name, args
        self.urls = {image: self._repository(image) for image in args.images}
        if args.replicate_to:
            self._replication()
        self.register_outputs({"urls": dict(self.urls)})

    def _repository(self, image: str) -> pulumi.Output[str]:
        args = self._args
        repository = aws.ecr.Repository(
            f"{self._name}-{image}",
            name=f"{args.scope.name()}/{image}",
            image_tag_mutability="IMMUTABLE",
            image_scanning_configuration={"scan_on_push": True},
            encryption_configurations=[{"encryption_type": "KMS", "kms_key": args.key_arn}],
            # Images are built again from the repository's history, which takes longer than a deletion by mistake.
            force_delete=not args.protect,
            tags=args.scope.tags(args.scope.name(f"{args.place.aws_region}-{image}", limit=255)),
            opts=pulumi.ResourceOptions(parent=self, protect=args.protect),
        )
        aws.ecr.LifecyclePolicy(
            f"{self._name}-{image}",
            repository=repository.name,
            policy=lifecycle_policy(args.retention),
            opts=pulumi.ResourceOptions(parent=self),
        )
        return repository.repository_url

    def _replication(self) -> None:
        args = self._args
        aws.ecr.ReplicationConfiguration(
            self._name,
            replication_configuration={
                "rules": [
                    {
                        "destinations": [
                            {"region": aws_region, "registry_id": args.place.account_id}
                            for aws_region in args.replicate_to
                        ],
                        "repository_filters": [{"filter": f"{args.scope.name()}/", "filter_type": "PREFIX_MATCH"}],
                    }
                ]
            },
            opts=pulumi.ResourceOptions(parent=self),
        )


def lifecycle_policy(retention: ImageRetention) -> str:
    """What ECR removes by itself, as JSON."""

    def rule(priority: int, description: str, selection: Mapping[str, object]) -> dict[str, object]:
        return {
            "rulePriority": priority,
            "description": description,
            "selection": dict(selection),
            "action": {"type": "expire"},
        }

    untagged = {
        "tagStatus": "untagged",
        "countType": "sinceImagePushed",
        "countUnit": "days",
        "countNumber": retention.untagged_days,
    }
    too_many = {"tagStatus": "any", "countType": "imageCountMoreThan", "countNumber": retention.kept}
    rules = [rule(1, "Pushed without a tag", untagged), rule(2, "All but the newest", too_many)]
    return json.dumps({"rules": rules})
