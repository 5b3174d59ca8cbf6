"""Networks and names: VPC, subnets, endpoints, the path between regions, DNS."""
