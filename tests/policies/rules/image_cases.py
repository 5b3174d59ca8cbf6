"""Images, in every container of everything that makes pods."""

from __future__ import annotations

from typing import Any

from policies import tokens
from policies.rules import pin_images_by_digest
from tests.policies.rules.case import ABSENT, Bad, Case, resource

_DIGEST = f"registry.example/app@sha256:{'0a' * 32}"
_POD = {
    "initContainers": [{"name": "first", "image": _DIGEST}],
    "containers": [{"name": "app", "image": _DIGEST}],
    "volumes": [{"name": "model", "image": {"reference": _DIGEST}}, {"name": "scratch", "emptyDir": {}}],
}


def _nested(path: str, template: dict[str, Any]) -> dict[str, Any]:
    for step in reversed(path.split(".") if path else []):
        template = {step: template}
    return template


def _images(kind: str) -> Case:
    path = tokens.POD_TEMPLATES[kind].replace(".", ">")
    spec = f"{path}>spec" if path else "spec"
    return Case(
        pin_images_by_digest.RULE,
        (resource(kind, _nested(tokens.POD_TEMPLATES[kind], {"spec": _POD})),),
        (
            Bad(
                f"{spec}>containers>0>image",
                "registry.example/app:1.2",
                "Container app runs 'registry.example/app:1.2', which is not by digest.",
            ),
            Bad(
                f"{spec}>initContainers>0>image",
                _DIGEST[:-1],
                f"Container first runs '{_DIGEST[:-1]}', which is not by digest.",
            ),
            Bad(f"{spec}>containers>0>image", "auto", "Container app runs 'auto', which is not by digest."),
            Bad(f"{spec}>containers>0>image", ABSENT, "Container app runs absent, which is not by digest."),
            Bad(
                f"{spec}>volumes>0>image>reference",
                "models:latest",
                "Volume model is 'models:latest', which is not by digest.",
            ),
        ),
    )


_GATEWAY = resource(
    tokens.DEPLOYMENTS[0],
    _nested(
        "spec.template",
        {
            "metadata": {"annotations": {"inject.istio.io/templates": "gateway"}},
            "spec": {"containers": [{"name": "istio-proxy", "image": "auto"}]},
        },
    ),
)
CASES: tuple[Case, ...] = (
    *map(_images, tokens.POD_TEMPLATES),
    Case(
        pin_images_by_digest.RULE,
        (_GATEWAY,),
        (
            Bad(
                "spec>template>metadata>annotations>inject.istio.io/templates",
                ABSENT,
                "Container istio-proxy runs 'auto', which is not by digest.",
            ),
        ),
    ),
)
