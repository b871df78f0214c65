def plain(a, b=1, c=2.5, d="x", e=True, f=None, g=[1, 2], h={"k": 1.5}, i=(), j={"a"}, k={}, l=[1, 2.5], m=["a", 1], n=-3, o=+0.5):
    return a
