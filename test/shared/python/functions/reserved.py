def reserved(name: str, output: str = "x", namespace: str = "n", v: int = 1, image: str = "i", color: bool = True, help: bool = False, trust: str = "", as_: str = "a", request_timeout: int = 1, context=None, n: int = 2, version: str = "1"):
    return name
