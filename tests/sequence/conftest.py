from as_user import as_user

__all__ = ["as_user"]
