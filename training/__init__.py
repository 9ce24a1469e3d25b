"""Fine-tuning, and the runtime files of what was trained."""
