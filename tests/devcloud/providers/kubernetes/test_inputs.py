"""Names, paths, replacement rules, settings and refusals: what needs no server."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import pytest

from devcloud.providers.changes import compare
from devcloud.providers.kubernetes import decoding, immutable, kubeconfig, naming, paths, settings, stringdata
from devcloud.providers.kubernetes.client import ApiError
from devcloud.providers.kubernetes.provider import KubernetesProvider
from devcloud.providers.plugin import ProviderError, Resource, State
from devcloud.providers.properties import UNKNOWN

CONFIG_MAP = Resource("kubernetes:core/v1:ConfigMap", "settings", "urn:pulumi:a::b::c::settings")


def test_a_generated_name_comes_from_the_seed_and_stays() -> None:
    first = naming.named("settings", {}, {"metadata": {}}, b"seed")
    assert first["metadata"]["name"].startswith("settings-")
    assert len(first["metadata"]["name"]) == len("settings-") + 8
    assert naming.is_autonamed(first)
    assert naming.named("settings", first, {"metadata": {}}, b"another seed") == first
    assert naming.named("settings", {}, {"metadata": {}}, b"another seed") != first


def test_a_given_name_is_kept_and_not_inherited_once_it_is_gone() -> None:
    given = {"metadata": {"name": "one"}}
    assert naming.named("settings", {}, given, b"seed") == given
    later = naming.named("settings", given, {"metadata": {"annotations": {"a": "b"}}}, b"seed")
    assert later["metadata"]["name"].startswith("settings-")
    assert later["metadata"]["annotations"] == {"a": "b", naming.AUTONAMED: "true"}


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("spec.minReplicas", ("spec", "minReplicas")),
        ("spec.template.spec.containers[0].image", ("spec", "template", "spec", "containers", 0, "image")),
        ('metadata.annotations["a.b/c"]', ("metadata", "annotations", "a.b/c")),
        ('["odd key"].x', ("odd key", "x")),
        ("spec.containers[*].image", ("spec", "containers", "*", "image")),
    ],
)
def test_property_paths(text: str, path: tuple[Any, ...]) -> None:
    assert paths.parse(text) == path


def test_a_path_that_is_none_is_an_error() -> None:
    with pytest.raises(ProviderError, match=r"'spec\.\[' is not a property path"):
        paths.parse("spec.[")


def replaced(old: dict[str, Any], new: dict[str, Any], *, mutable_data: bool = False) -> list[tuple[Any, ...]]:
    changes = immutable.needing_replacement(compare(old, new), old, new, mutable_data=mutable_data)
    return [change.path for change in changes if change.replace]


def test_config_data_is_replaced_unless_it_is_said_to_be_mutable() -> None:
    old = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}, "data": {"a": "1"}}
    new = {**old, "data": {"a": "2"}}
    assert replaced(old, new) == [("data", "a")]
    assert replaced(old, new, mutable_data=True) == []
    assert replaced({**old, "immutable": True}, {**new, "immutable": True}, mutable_data=True) == [("data", "a")]
    assert replaced({**old, "immutable": True}, old, mutable_data=True) == [("immutable",)]
    assert replaced(old, {**old, "immutable": True}) == []


def test_another_version_of_the_same_group_is_an_update_another_group_is_not() -> None:
    old = {"apiVersion": "autoscaling/v1", "kind": "HorizontalPodAutoscaler"}
    assert replaced(old, {**old, "apiVersion": "autoscaling/v2"}) == []
    assert replaced(old, {**old, "apiVersion": "other.example/v2"}) == [("apiVersion",)]


def test_an_immutable_map_that_is_added_or_removed_is_a_replacement_and_an_unknown_one_is_not() -> None:
    old = {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "spec": {"selector": {"matchLabels": {"a": "b"}}}}
    bare: dict[str, Any] = {"apiVersion": "v1", "kind": "PersistentVolumeClaim"}
    assert replaced(old, bare) == [("spec",)]
    assert replaced(old, {**bare, "spec": UNKNOWN}) == []
    assert replaced(old, {**bare, "spec": {"selector": UNKNOWN}}) == [("spec", "selector")]


def refusal(code: int, *causes: tuple[str, str]) -> ApiError:
    details = {"causes": [{"field": field, "message": message, "reason": "x"} for field, message in causes]}
    return ApiError("apply", code, {"message": "is invalid", "reason": "Invalid", "details": details})


def test_the_servers_word_immutable_marks_the_changes_it_names() -> None:
    changes = compare({"spec": {"a": 1, "b": 1}}, {"spec": {"a": 2, "b": 2}})
    marked = immutable.refused_as_immutable(refusal(422, ("spec.a", "Invalid value: field is immutable")), changes)
    assert [change.path for change in marked or [] if change.replace] == [("spec", "a")]
    forbidden = refusal(422, ("spec", "Forbidden: updates to statefulset spec for fields other than x are forbidden"))
    assert all(change.replace for change in immutable.refused_as_immutable(forbidden, changes) or [])
    derived = refusal(422, ("status", "Invalid value: field is immutable"))
    assert all(change.replace for change in immutable.refused_as_immutable(derived, changes) or [])


def test_other_refusals_are_no_replacement() -> None:
    changes = compare({"a": 1}, {"a": 2})
    assert immutable.refused_as_immutable(refusal(422, ("a", "must be positive")), changes) is None
    mixed = refusal(422, ("a", "field is immutable"), ("b", "must be positive"))
    assert immutable.refused_as_immutable(mixed, changes) is None
    assert immutable.refused_as_immutable(refusal(403, ("a", "field is immutable")), changes) is None


def test_string_data_goes_out_as_data_and_comes_back_as_text() -> None:
    secret = {"apiVersion": "v1", "kind": "Secret", "data": {"b": "Yg=="}, "stringData": {"a": "ä"}}
    sent = stringdata.as_data(secret)
    assert sent == {"apiVersion": "v1", "kind": "Secret", "data": {"b": "Yg==", "a": "w6Q="}}
    assert stringdata.as_declared(sent, secret) == secret
    assert stringdata.as_data({"apiVersion": "x/v1", "kind": "Secret", "stringData": {"a": "b"}})["stringData"]


def test_a_secrets_data_is_secret_in_outputs() -> None:
    resource = Resource("kubernetes:core/v1:Secret", "key", "urn:pulumi:a::b::c::key")
    copied = "kubectl.kubernetes.io/last-applied-configuration"
    outputs = {"kind": "Secret", "data": {"a": "eA=="}, "metadata": {"annotations": {copied: '{"data":{}}'}}}
    found = KubernetesProvider().secret_outputs(resource, outputs)
    assert found == {("data",), ("metadata", "annotations", copied)}
    assert KubernetesProvider().secret_outputs(CONFIG_MAP, {"kind": "ConfigMap", "data": {"a": "1"}}) == set()


def test_a_diff_of_equal_inputs_asks_the_server_nothing() -> None:
    same = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}}
    assert KubernetesProvider().diff(CONFIG_MAP, State("a", {}, same), dict(same), []).changes == []


def write_kubeconfig(folder: Path, **cluster: Any) -> Path:
    entry = {"server": "http://127.0.0.1:1", **cluster}
    lines = [
        "current-context: dev",
        f"clusters: [{{name: dev, cluster: {entry}}}]",
        "users: [{name: dev, user: {token: t}}]",
        "contexts: [{name: dev, context: {cluster: dev, user: dev, namespace: apps}}]",
    ]
    (folder / "config").write_text("\n".join(lines))
    return folder / "config"


def test_a_kubeconfig_may_be_a_path_a_text_or_the_environments(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = write_kubeconfig(tmp_path)
    expected = kubeconfig.Cluster(context="dev", server="http://127.0.0.1:1", namespace="apps", token="t")
    assert kubeconfig.load(str(file)) == expected
    assert kubeconfig.load(file.read_text()) == expected
    monkeypatch.setenv("KUBECONFIG", str(file))
    assert kubeconfig.load(None) == expected


def test_certificates_come_inline_or_from_files_beside_the_kubeconfig(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("PEM")
    beside = kubeconfig.load(str(write_kubeconfig(tmp_path, **{"certificate-authority": "ca.pem"})))
    assert beside.certificate_authority == b"PEM"
    inline = {"certificate-authority-data": base64.b64encode(b"PEM").decode()}
    cluster = kubeconfig.load(str(write_kubeconfig(tmp_path, **inline)))
    assert cluster.certificate_authority == b"PEM"
    with pytest.raises(ProviderError, match="context 'dev': bad certificate or key"):
        cluster.ssl_context()
    assert "PEM" not in repr(cluster)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("current-context: dev", "", "it has no current-context"),
        ("current-context: dev", "current-context: prod", "it has no context 'prod'; it has: dev"),
        ("cluster: dev", "cluster: other", "it has no cluster 'other'; it has: dev"),
        ("token: t", "exec: {command: aws}", "user 'dev' has 'exec': .* takes client certificates and tokens only"),
        ("token: t", "client-key: nowhere.pem", "there is no file .*nowhere.pem"),
        ("token: t", "client-key-data: '%'", "client-key-data is not base64"),
        ("current-context: dev", "\t", "is not YAML"),
    ],
)
def test_a_kubeconfig_that_cannot_be_used_says_why(tmp_path: Path, old: str, new: str, message: str) -> None:
    file = write_kubeconfig(tmp_path)
    file.write_text(file.read_text().replace(old, new, 1))
    with pytest.raises(ProviderError, match=message):
        kubeconfig.load(str(file))


def test_no_kubeconfig_at_all_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KUBECONFIG", str(tmp_path / "none"))
    with pytest.raises(ProviderError, match=r"there is no kubeconfig .*none: set"):
        kubeconfig.load(None)
    monkeypatch.setenv("KUBECONFIG", "/a:/b")
    with pytest.raises(ProviderError, match="lists several files"):
        kubeconfig.load(None)


def test_settings_of_the_official_provider(tmp_path: Path) -> None:
    file = str(write_kubeconfig(tmp_path))
    parsed = settings.parse({"kubeconfig": file, "enableConfigMapMutable": "true", "enableServerSideApply": "true"})
    assert (parsed.mutable_config_maps, parsed.mutable_secrets, parsed.namespace) == (True, False, "apps")
    assert settings.parse({"kubeconfig": file, "namespace": "mine"}).namespace == "mine"
    assert settings.parse({"kubeconfig": UNKNOWN}).cluster is None


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"namespaec": "x"}, "unknown Kubernetes provider setting namespaec; known: cluster, context"),
        ({"renderYamlToDirectory": "out"}, "rendering to a directory is not supported"),
        ({"deleteUnreachable": "true"}, "an unreachable cluster is an error"),
        ({"enableSecretMutable": "maybe"}, "enableSecretMutable is 'maybe'; allowed: true, false"),
    ],
)
def test_settings_that_cannot_be_followed_are_errors(tmp_path: Path, given: dict[str, str], message: str) -> None:
    with pytest.raises(ProviderError, match=message):
        settings.parse({"kubeconfig": str(write_kubeconfig(tmp_path)), **given})


def test_a_server_that_does_not_answer_is_named(tmp_path: Path) -> None:
    provider = KubernetesProvider()
    provider.configure({"kubeconfig": str(write_kubeconfig(tmp_path))})
    with pytest.raises(ProviderError, match=r"http://127.0.0.1:1 \(kubeconfig context 'dev'\): Connection refused"):
        provider.check(CONFIG_MAP, {}, {"metadata": {"name": "a"}}, b"")


def test_a_cluster_that_is_not_known_yet_is_previewed_without_it() -> None:
    provider = KubernetesProvider()
    provider.configure({"kubeconfig": UNKNOWN})
    inputs = provider.check(CONFIG_MAP, {}, {"data": {"a": "1"}}, b"").inputs
    outputs = provider.create(CONFIG_MAP, inputs, timeout=0, preview=True).outputs
    assert outputs["data"] == {"a": "1"}
    assert outputs["metadata"]["uid"] is UNKNOWN
    with pytest.raises(ProviderError, match="is not known yet"):
        provider.create(CONFIG_MAP, inputs, timeout=0, preview=False)


@pytest.mark.parametrize(
    ("token", "news", "failure"),
    [
        ("core/v1:ConfigMapList", {}, "ConfigMapList is a list: declare its items"),
        ("helm.sh/v3:Release", {}, "is not supported by the local Kubernetes provider"),
        ("core/v1:ConfigMapPatch", {"metadata": {}}, "a Patch needs the name"),
        ("core/v1:ConfigMap", {"metadata": {"generateName": "x-"}}, "leave it out"),
        ("core/v1:ConfigMap", {"metadata": {"annotations": {"pulumi.com/timeoutSeconds": "1m"}}}, "number of seconds"),
    ],
)
def test_what_is_not_taken_is_refused_before_anything_is_created(
    token: str, news: dict[str, Any], failure: str
) -> None:
    provider = KubernetesProvider()
    provider.configure({"kubeconfig": UNKNOWN})
    resource = Resource(f"kubernetes:{token}", "x", "urn:pulumi:a::b::c::x")
    [(_, reason)] = provider.check(resource, {}, news, b"").failures
    assert failure in reason


def test_yaml_is_decoded_for_the_sdks_components() -> None:
    config_map = "apiVersion: v1\nkind: ConfigMap\ndata: {day: 2027-06-12}\n"
    text = config_map + "---\n---\napiVersion: v1\nkind: List\nitems: [{kind: A}]\n"
    result = KubernetesProvider().invoke("kubernetes:yaml:decode", {"text": text})["result"]
    assert result == [{"apiVersion": "v1", "kind": "ConfigMap", "data": {"day": "2027-06-12"}}, {"kind": "A"}]
    with pytest.raises(ProviderError, match="not a Kubernetes object"):
        decoding.objects("just a string")
    with pytest.raises(ProviderError, match="kubernetes:helm:template is not supported"):
        KubernetesProvider().invoke("kubernetes:helm:template", {})
