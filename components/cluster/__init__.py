"""The Kubernetes cluster itself: control plane, node pools, pod identities, add-ons."""
