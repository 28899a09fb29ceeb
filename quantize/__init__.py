"""From a trained network to a bundle that devices run. Not part of the wheel."""

import logging

# torchao warns of each GPU kernel that it does not find here, torch of how torchao registers enums.
for _name in ("torchao", "torch.utils._pytree"):
    logging.getLogger(_name).setLevel(logging.ERROR)
