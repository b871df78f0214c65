class Holder:
    def nested(self, wrong: int):
        def nested(wrong: str):
            pass

        return nested


def _private(x):
    def nested(deeper: int):
        return deeper

    return nested


def nested(right: int, call=lambda a, b=(1, 2): {"def": a}, key={"a": [x for x in "abc" if x != "b"]}):
    def nested(no):
        return no

    class nested_class:
        def nested(self, no):
            pass

    return nested
