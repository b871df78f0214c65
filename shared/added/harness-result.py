"""What a function returned, as JSON. A part of harness.py."""


def text(value):
    try:
        from _json import encode_basestring_ascii
        return encode_basestring_ascii(value)
    except ImportError:
        import json
        return json.dumps(value)


def written(value, where, around):
    """JSON of it; `where` names it in messages, `around` holds what it stands in."""
    if value is None or isinstance(value, bool):
        return "null" if value is None else "true" if value else "false"
    if isinstance(value, str):
        return text(str.__str__(value))
    if isinstance(value, int):
        return int.__repr__(value)
    if isinstance(value, float):
        # JSON has neither NaN nor infinity; float() takes these words back.
        return float.__repr__(value) if value - value == 0 else text(float.__repr__(value))
    if id(value) in around:
        raise Unwritable("%s holds itself" % where)
    if len(around) > 200:
        raise Unwritable("%s is nested too deeply" % where)
    around += (id(value),)
    if isinstance(value, dict):
        pairs = (text(key_of(key, where)) + ": " + written(value[key], "%s[%r]" % (where, key), around) for key in value)
        return "{" + ", ".join(pairs) + "}"
    if hasattr(value, "_asdict"):
        return written(value._asdict(), where, around)
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(written(each, "%s[%d]" % (where, i), around) for i, each in enumerate(value)) + "]"
    if isinstance(value, (set, frozenset)):
        try:
            value = sorted(value)
        except TypeError:
            value = list(value)
        return written(value, where, around)
    later("others")
    return written(plain(value, where), where, around)


def key_of(key, where):
    if isinstance(key, str):
        return str.__str__(key)
    if key is None or isinstance(key, (bool, int, float)):
        return written(key, where, ()).strip('"')
    later("others")
    key = plain(key, where)
    if not isinstance(key, str):
        raise Unwritable("%s has a key that is a %s" % (where, type(key).__name__))
    return key
