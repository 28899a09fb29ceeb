"""From a trained network to a bundle that devices run. Not part of the wheel."""

import logging

# torchao warns of each GPU kernel that it does not find here, torch of how torchao registers enums.
# A filter, because torch sets its loggers' levels again when it is imported.
for _name in ("torchao", "torch.utils._pytree"):
    logging.getLogger(_name).addFilter(lambda record: record.levelno >= logging.ERROR)
