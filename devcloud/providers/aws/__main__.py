"""The plugin executable's program: `python -m devcloud.providers.aws <engine address>`."""

from devcloud.providers.aws.provider import AwsProvider
from devcloud.providers.plugin import serve

serve(AwsProvider())
