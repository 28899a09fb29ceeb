"""What is built, and the page's server, as the tests of devices have them."""

from tests.device.conftest import built
from tests.device.web.conftest import ask, onnxruntime_web, site

__all__ = ["ask", "built", "onnxruntime_web", "site"]
