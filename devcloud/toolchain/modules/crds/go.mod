// The projects whose CustomResourceDefinitions the embedded control planes serve. Nothing of them is built.
module wedsync/toolchain/crds

go 1.26.0

require (
	github.com/external-secrets/external-secrets v1.3.2
	github.com/prometheus-operator/prometheus-operator v0.85.0
	istio.io/api v1.31.4
)
