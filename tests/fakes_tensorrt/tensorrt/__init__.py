"""What a child process finds as `tensorrt`: the version that FAKE_TENSORRT names."""

import os

from tests.fakes_tensorrt.versions import fake_tensorrt

globals().update(vars(fake_tensorrt(os.environ["FAKE_TENSORRT"])))
