"""Training with all crops on one device: what `train/gpu_proof.py` is made of.

Nothing here needs tyro or Lightning Fabric, which a machine with a GPU may lack.
"""
