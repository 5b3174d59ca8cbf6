"""The flat program: everything that stack local-us-east-1 registers, without components and without a region model."""

import flat_database
import flat_workloads

flat_database.register()
flat_workloads.register()
