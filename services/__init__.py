"""What runs in the cluster: each service observes, decides (purely) and acts."""
